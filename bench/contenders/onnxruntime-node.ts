/** onnxruntime-node: native kernels (MLAS), forward only. Installed by `npm run bench:setup`, never a dependency. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { ONNX_NAMES } from "../onnx/export.ts";
import { ROOT } from "../root.ts";
import { AbsentError, type Contender } from "./contender.ts";

/** As much of its interface as is used here. */
interface OnnxTensor {
  readonly data: Float32Array;
}
interface OnnxSession {
  run(feeds: Record<string, OnnxTensor>, fetches: readonly string[]): Promise<Record<string, OnnxTensor>>;
}
interface OnnxRuntime {
  readonly env: { readonly versions: Readonly<Record<string, string>> };
  readonly InferenceSession: { create(path: string, options: object): Promise<OnnxSession> };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => OnnxTensor;
}

/** One thread, every graph optimisation. */
const OPTIONS = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
} as const;

export const onnxruntimeNode: Contender = {
  async load({ onnx, shape }, data) {
    const { env, InferenceSession, Tensor } = runtime();
    const session = await InferenceSession.create(onnx, OPTIONS);
    const feeds = { [ONNX_NAMES.input]: new Tensor("float32", data, shape) };
    const run = async (output: string): Promise<Float32Array> => (await session.run(feeds, [output]))[output]!.data;
    return {
      description: {
        version: env.versions["node"] ?? "unknown",
        threads: 1,
        optimization: OPTIONS.graphOptimizationLevel,
      },
      logits: () => run(ONNX_NAMES.logits),
      work: { forward: () => run(ONNX_NAMES.probabilities) },
    };
  },
};

function runtime(): OnnxRuntime {
  try {
    return createRequire(join(ROOT, "bench/contenders/package.json"))("onnxruntime-node") as OnnxRuntime;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new AbsentError(`${reason}; npm run bench:setup installs it`);
  }
}
