/**
 * jax-js on WebAssembly, the only other engine there with gradients: some fifteen seconds for a convolution of VGG16, so it
 * is asked about a single one and never about a network. Arrays are owned: an operator lets go of what it is given, and
 * `ref` keeps it for another use. Maps are [N,C,H,W].
 */
import type { NetworkFiles } from "../networks/files.ts";
import { readProgram } from "../networks/read-program.ts";
import { readSafetensors } from "../networks/safetensors.ts";
import { AbsentError, type Contender } from "./contender.ts";
import { installed } from "./installed.ts";

/** As much of its interface as is used here. */
interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  data(): Promise<ArrayLike<number>>;
}
interface Jax {
  init(device: string): Promise<readonly string[]>;
  defaultDevice(device: string): string;
  grad(f: (x: JaxArray) => JaxArray): (x: JaxArray) => JaxArray;
  readonly lax: {
    convGeneralDilated(x: JaxArray, w: JaxArray, strides: readonly number[], padding: readonly number[][]): JaxArray;
  };
  readonly nn: { relu(x: JaxArray): JaxArray; softmax(x: JaxArray): JaxArray };
  readonly numpy: {
    array(data: Float32Array): JaxArray;
    dot(a: JaxArray, b: JaxArray): JaxArray;
    max(x: JaxArray): JaxArray;
    mean(x: JaxArray, axes: readonly number[]): JaxArray;
    transpose(x: JaxArray, axes: readonly number[]): JaxArray;
  };
}

/** The one chain of operators that is said here. */
const CHAIN = "conv2d relu globalAveragePool dense softmax";

export const jaxJs: Contender = {
  async load(network, data) {
    const jax = installed("@jax-js/jax") as Jax;
    const devices = await jax.init("wasm");
    if (!devices.includes("wasm")) throw new AbsentError("@jax-js/jax has no WebAssembly here");
    jax.defaultDevice("wasm");
    const { scores, x } = await chainOf(jax, network, data);
    const best = (input: JaxArray): JaxArray => jax.numpy.max(scores(input));
    const read = async (array: JaxArray): Promise<Float32Array> => Float32Array.from(await array.data());
    const toNhwc = (map: JaxArray): JaxArray => jax.numpy.transpose(map, [0, 2, 3, 1]);
    return {
      description: { version: "0.1.25", threads: 1, device: "wasm" },
      logits: () => read(scores(x.ref)),
      work: {
        forward: () => read(jax.nn.softmax(scores(x.ref))),
        "input-gradient": () => read(toNhwc(jax.grad(best)(x.ref))),
      },
    };
  },
};

async function chainOf(jax: Jax, network: NetworkFiles, data: Float32Array) {
  const { nodes, values } = await readProgram(network);
  const chain = nodes.map(({ op }) => op).join(" ");
  if (chain !== CHAIN) throw new AbsentError("asked about a single convolution only: it takes seconds for each");
  const { nn, lax } = jax;
  const np = jax.numpy;
  const [convolution, , , dense] = nodes;
  const { strides, padding } = convolution!.attrs as { strides: number[]; padding: [number, number, number, number] };
  const [top, bottom, left, right] = padding;
  const arrays = new Map<string, JaxArray>();
  for await (const [name, tensor] of readSafetensors(network.tensors)) {
    arrays.set(name, np.array(tensor.data).reshape(tensor.shape));
  }
  const weight = (id: number | null | undefined): JaxArray => arrays.get(values[id!]!.name)!;
  const kernel = np.transpose(weight(convolution!.inputs[1]), [3, 2, 0, 1]);
  const bias = weight(convolution!.inputs[2]).reshape([1, -1, 1, 1]);
  const [matrix, offset] = [weight(dense!.inputs[1]), weight(dense!.inputs[2])];
  const scores = (x: JaxArray): JaxArray => {
    const sums = lax.convGeneralDilated(x, kernel.ref, strides, [
      [top, bottom],
      [left, right],
    ]);
    const pooled = np.mean(nn.relu(sums.add(bias.ref)), [2, 3]);
    return np.dot(pooled, matrix.ref).add(offset.ref);
  };
  return { scores, x: np.transpose(np.array(data).reshape(network.shape), [0, 3, 1, 2]) };
}
