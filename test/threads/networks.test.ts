/** Whole networks on 1, 2, 3, 4 and 7 threads: the same bits, forward and backward. */
import { beforeAll, describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { explain, type HostTensor, type Model } from "../../src/node.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { BUILDS } from "../support/engine.ts";
import { goldenFloats } from "../support/golden.ts";
import { seeded } from "../support/random.ts";
import { type ThreadedModel, threadedModel, threadedNetwork } from "../support/threads.ts";

const THREADS = [2, 3, 4, 7] as const;
/** Passes whose results are compared: chunks fall to other threads every time. */
const PASSES = 5;

/** Three blocks of convolutions and pools, the last maps 7×7, and two dense layers: VGG16 in small. */
function smallVgg(): Graph {
  const random = seeded(11);
  const g = new GraphBuilder("small-vgg", "test");
  const weight = (name: string, shape: Shape): ValueId => {
    const scale = Math.sqrt(2 / elements(shape.slice(0, -1)));
    return g.parameter(name, shape, parameterOf(Float32Array.from(random.array(shape, { scale }).data), shape));
  };
  const window = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;
  const convolution = (x: ValueId, name: string, channels: number, filters: number): ValueId => {
    const kernel = weight(`${name}/kernel`, [3, 3, channels, filters]);
    const bias = g.parameter(`${name}/bias`, [filters], parameterOf(new Float32Array(filters).fill(0.1), [filters]));
    const y = g.node("conv2d", name, [x, kernel, bias], window);
    return g.layer(name, "Conv2D", g.node("relu", `${name}/relu`, [y], {}));
  };
  let x = g.input("input", [1, 56, 56, 3]);
  let channels = 3;
  [32, 64, 160].forEach((filters, block) => {
    x = convolution(x, `conv${block}_1`, channels, filters);
    x = convolution(x, `conv${block}_2`, filters, filters);
    const attrs = { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
    x = g.node("maxPool", `pool${block}`, [x], attrs);
    channels = filters;
  });
  x = g.node("reshape", "flatten", [x], { shape: [7 * 7 * 160] });
  x = g.node("relu", "fc1/relu", [g.node("dense", "fc1", [x, weight("fc1/kernel", [7 * 7 * 160, 256])], {})], {});
  const logits = g.node("dense", "logits", [x, weight("logits/kernel", [256, 10])], {});
  g.layer("logits", "Dense", logits);
  return g.finish([g.node("softmax", "softmax", [logits], {})]);
}

const cat: HostTensor = { data: goldenFloats("efficientnet-lite0/inputs/cat.f32"), shape: [1, 224, 224, 3] };
const noise: HostTensor = {
  data: Float32Array.from(seeded(5).array([56 * 56 * 3]).data),
  shape: [1, 56, 56, 3],
};

interface Network {
  readonly name: string;
  readonly input: HostTensor;
  readonly weights: readonly string[];
  open(threads: number, build: (typeof BUILDS)[number]): Promise<ThreadedModel>;
}

const NETWORKS: readonly Network[] = [
  {
    name: "the embedded model",
    input: cat,
    weights: ["_conv_stem/kernel", "_blocks.3._depthwise_conv/kernel", "_blocks.8._project_conv/kernel", "_fc/kernel"],
    open: (threads, build) => threadedModel({ engine: { threads, build } }),
  },
  {
    name: "a small VGG",
    input: noise,
    weights: ["conv0_1/kernel", "conv1_2/kernel", "conv2_2/kernel", "conv2_2/bias", "fc1/kernel", "logits/kernel"],
    open: (threads, build) => threadedNetwork(smallVgg(), { engine: { threads, build } }),
  },
];

/** Outputs, gradients of everything, a map: as plain lists of arrays. */
async function answersOf(model: Model, { input, weights }: Network): Promise<Record<string, Float32Array>> {
  const outputs = await model.run(input);
  const { gradients } = await model.gradients(input, { of: "top-1", wrt: [model.inputs[0]!.name, ...weights] });
  const { raw } = await explain(model, input);
  const arrays = [...Object.entries(outputs), ...Object.entries(gradients)].map(([key, { data }]) => [key, data]);
  return Object.fromEntries([...arrays, ["map", raw.data]]) as Record<string, Float32Array>;
}

describe.each(BUILDS)("in the %s build", (build) => {
  describe.each(NETWORKS)("$name", (network) => {
    let expected: Record<string, Float32Array>;
    beforeAll(async () => {
      const { model, workers } = await network.open(1, build);
      expected = await answersOf(model, network);
      expect(workers.list).toHaveLength(0);
      model.dispose();
    });

    it.each(THREADS)("gives on %i threads the bits of one", async (threads) => {
      const { model, workers } = await network.open(threads, build);
      await model.run(network.input);
      await workers.joined();
      for (let pass = 0; pass < PASSES; pass++) {
        const got = await answersOf(model, network);
        for (const [key, values] of Object.entries(expected)) {
          expect(Buffer.compare(bytesOf(got[key]!), bytesOf(values)), `${key} in pass ${pass}`).toBe(0);
        }
      }
      expect(model.engine).toMatchObject({ threads, build });
      model.dispose();
    });
  });
});

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array => {
  // What users get is theirs: ordinary memory, not a view of the engine's.
  expect(buffer).toBeInstanceOf(ArrayBuffer);
  return new Uint8Array(buffer, byteOffset, byteLength);
};
