/** This package, as users get it: the built dist/ with default options. */
import { explain, explainMany, loadModel, type Model, VERSION } from "gradcam-wasm";
import type { Contender, Description } from "./contender.ts";

/** The ten best classes. */
const TEN = Array.from({ length: 10 }, (_, i) => `top-${i + 1}` as const);

export const gradcamWasm: Contender = {
  async load({ weights, architecture, shape, logits }, data) {
    const model = await loadModel(weights, architecture === undefined ? {} : { architecture });
    const input = { data, shape };
    return {
      description: describe(model),
      logits: async () => (await model.run(input, { outputs: [logits] }))[logits]!.data,
      work: {
        forward: () => model.run(input),
        "grad-cam": () => explain(model, input),
        "ten-classes": () => explainMany(model, input, { targets: TEN }),
      },
      bytes: () => ({ ...model.engine.bytes, memory: model.memoryBytes }),
    };
  },
};

function describe({ engine: { build, fma, threads, turbo } }: Model): Description {
  return { version: VERSION, build, fma, threads, turbo };
}
