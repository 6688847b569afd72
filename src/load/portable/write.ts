/**
 * A network as our own portable file, piece by piece: a safetensors header whose `__metadata__` has the network, then the numbers in
 * the graph's own order. Kernels may be written as f16, or as int8 with one scale per output channel; everything else stays f32.
 */
import { GradCamError } from "../../errors.ts";
import type { Graph, ValueId } from "../../graph/graph.ts";
import { readParameter } from "../../graph/parameter.ts";
import { opOf } from "../../graph/op-of.ts";
import { inputName } from "../../graph/plan.ts";
import { quantize } from "../../graph/quantize.ts";
import type { Preprocess } from "../../image/preprocess.ts";
import { once } from "../../once.ts";
import { elements, type Shape } from "../../shape.ts";
import { narrowHalf } from "../numbers.ts";
import { describe } from "./description.ts";
import { KEYS, VERSION } from "./recognise.ts";

export interface PortableOptions {
  readonly weights: "f32" | "f16" | "int8";
  readonly preprocess: Preprocess;
  /** "imagenet", or names and [wnid, name] pairs. */
  readonly labels?: "imagenet" | readonly unknown[] | undefined;
  /** Remarks that go into the file as they are. */
  readonly metadata?: Readonly<Record<string, string>>;
}

type DType = "F32" | "F16" | "I8";

interface Tensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Its bytes, read when they are written. */
  bytes(): Promise<Uint8Array>;
}

const SIZE: Readonly<Record<DType, number>> = { F32: 4, F16: 2, I8: 1 };

/** How many bytes the file has in all, and its pieces in order. Making them throws E_NONFINITE, and what reading parameters throws. */
export function writePortable(
  graph: Graph,
  options: PortableOptions,
): { bytes: number; chunks: AsyncGenerator<Uint8Array> } {
  const names = tensorNames(graph);
  const tensors = [...names].flatMap(([id, name]) => tensorsOf(graph, id, name, options.weights));
  // Longer numbers first: every tensor lies on a multiple of its numbers' size.
  tensors.sort((a, b) => SIZE[b.dtype] - SIZE[a.dtype]);
  const header = headerOf(graph, names, tensors, options);
  const bytes = tensors.reduce((sum, { dtype, shape }) => sum + elements(shape) * SIZE[dtype], header.length);
  return { bytes, chunks: chunksOf(header, tensors) };
}

async function* chunksOf(header: Uint8Array, tensors: readonly Tensor[]): AsyncGenerator<Uint8Array> {
  yield header;
  for (const tensor of tensors) yield await tensor.bytes();
}

/** What a header has for itself, and what scales are called. */
const isReserved = (name: string): boolean => name === "__metadata__" || name.endsWith(".scale");

/** Parameters by value, under names of their own. */
function tensorNames({ values }: Graph): Map<ValueId, string> {
  const taken = new Set<string>();
  const names = new Map<ValueId, string>();
  values.forEach(({ name, parameter }, id) => {
    if (!parameter) return;
    let free = name;
    while (taken.has(free) || isReserved(free)) free += `#${id}`;
    taken.add(free);
    names.set(id, free);
  });
  return names;
}

function tensorsOf(graph: Graph, id: ValueId, name: string, weights: PortableOptions["weights"]): Tensor[] {
  const { shape, parameter } = graph.values[id]!;
  const read = (): Promise<Float32Array> => readParameter(parameter!);
  const axes = weights === "f32" ? 0 : outputAxes(graph, id);
  if (axes === 0) return [{ name, dtype: "F32", shape, bytes: async () => bytesOf(await read()) }];
  if (weights === "f16")
    return [{ name, dtype: "F16", shape, bytes: async () => bytesOf(halvesOf(await read(), name)) }];
  const channels = shape.slice(-axes);
  const columns = elements(channels);
  const quantized = once(async () => {
    const values = await read();
    const [scales, integers] = [new Float32Array(columns), new Int8Array(values.length)];
    quantize(values, { rows: values.length / columns, columns }, scales, integers);
    if (!scales.every(Number.isFinite)) throw notFinite(name, "int8");
    return { scales, integers };
  });
  return [
    { name: `${name}.scale`, dtype: "F32", shape: channels, bytes: async () => bytesOf((await quantized()).scales) },
    { name, dtype: "I8", shape, bytes: async () => bytesOf((await quantized()).integers) },
  ];
}

/** From here on numbers round to infinite halves: half a step above the largest. */
const BEYOND_HALVES = 65_520;

function halvesOf(values: Float32Array, name: string): Uint16Array {
  const isLost = (value: number): boolean => Math.abs(value) >= BEYOND_HALVES && Number.isFinite(value);
  if (values.some(isLost)) throw notFinite(name, "f16");
  return narrowHalf(values);
}

const notFinite = (name: string, weights: string): GradCamError =>
  new GradCamError("E_NONFINITE", {
    where: `weight "${name}"`,
    expected: `numbers that are finite as ${weights}`,
    got: "others",
    hint: "f32 keeps every number",
  });

/** How many of the last axes are output channels, of a kernel that operators take in fewer bytes; 0 of anything else. */
function outputAxes({ nodes }: Graph, id: ValueId): number {
  const axes = nodes.flatMap((node) => {
    const op = opOf(node);
    return node.inputs.flatMap((input, index) => {
      if (input !== id) return [];
      const isNarrow = op.narrow && Object.hasOwn(op.narrow(node.attrs), inputName(op, index));
      return [isNarrow ? (node.op === "depthwiseConv2d" ? 2 : 1) : 0];
    });
  });
  return axes.length > 0 ? Math.min(...axes) : 0;
}

function headerOf(
  graph: Graph,
  names: ReadonlyMap<ValueId, string>,
  tensors: readonly Tensor[],
  { preprocess, labels, metadata }: PortableOptions,
): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape }) => {
    const begin = end;
    end += elements(shape) * SIZE[dtype];
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const about = {
    ...metadata,
    format: "gradcam-wasm",
    [KEYS.version]: VERSION,
    [KEYS.graph]: JSON.stringify(describe(graph, names), finite),
    [KEYS.preprocess]: JSON.stringify(preprocess),
    ...(labels !== undefined && { [KEYS.labels]: JSON.stringify(labels) }),
  };
  const text = new TextEncoder().encode(JSON.stringify({ __metadata__: about, ...Object.fromEntries(entries) }));
  const length = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  return header;
}

/** JSON has no infinities: a number beyond all others reads back as one. */
const finite = (_key: string, value: unknown): unknown =>
  value === Infinity ? Number.MAX_VALUE : value === -Infinity ? -Number.MAX_VALUE : value;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int8Array | Uint16Array): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
