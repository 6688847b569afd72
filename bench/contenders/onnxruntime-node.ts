/** onnxruntime-node: native kernels (MLAS), forward only. Installed by `npm run bench:setup`, never a dependency. */
import { ONNX_NAMES } from "../onnx/export.ts";
import { AbsentError, type Contender } from "./contender.ts";
import { installed } from "./installed.ts";

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

export const onnxruntimeNode: Contender = {
  async load({ onnx, shape }, data, { threads }) {
    const { env, InferenceSession, Tensor } = installed("onnxruntime-node") as OnnxRuntime;
    if (onnx === undefined) throw new AbsentError("the network is not exported to ONNX");
    const session = await InferenceSession.create(onnx, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
    });
    const feeds = { [ONNX_NAMES.input]: new Tensor("float32", data, shape) };
    const run = async (output: string): Promise<Float32Array> => (await session.run(feeds, [output]))[output]!.data;
    return {
      description: { version: env.versions["node"] ?? "unknown", threads, optimization: "all" },
      logits: () => run(ONNX_NAMES.logits),
      work: { forward: () => run(ONNX_NAMES.probabilities) },
    };
  },
};
