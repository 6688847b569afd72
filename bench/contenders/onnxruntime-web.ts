/** onnxruntime-web: MLAS on WebAssembly SIMD, forward only. */
import { readFile } from "node:fs/promises";
import { ONNX_NAMES } from "../onnx/export.ts";
import { AbsentError, type Contender } from "./contender.ts";
import { installed } from "./installed.ts";

interface OnnxTensor {
  readonly data: Float32Array;
}
interface OnnxRuntimeWeb {
  readonly env: {
    readonly versions: Readonly<Record<string, string>>;
    readonly wasm: { numThreads: number; proxy: boolean };
  };
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: Record<string, OnnxTensor>, fetches: readonly string[]): Promise<Record<string, OnnxTensor>>;
    }>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => OnnxTensor;
}

export const onnxruntimeWeb: Contender = {
  async load({ onnx, shape }, data, { threads }) {
    const { env, InferenceSession, Tensor } = installed("onnxruntime-web") as OnnxRuntimeWeb;
    if (onnx === undefined) throw new AbsentError("the network is not exported to ONNX");
    env.wasm.numThreads = threads;
    const session = await InferenceSession.create(await readFile(onnx), {
      executionProviders: ["wasm"],
      executionMode: "sequential",
      graphOptimizationLevel: "all",
    });
    const feeds = { [ONNX_NAMES.input]: new Tensor("float32", data, shape) };
    const run = async (output: string): Promise<Float32Array> => (await session.run(feeds, [output]))[output]!.data;
    return {
      description: { version: env.versions["web"] ?? "unknown", threads, optimization: "all" },
      logits: () => run(ONNX_NAMES.logits),
      work: { forward: () => run(ONNX_NAMES.probabilities) },
    };
  },
};
