/** What a model says of itself: plain data that every explanation carries. */
import type { Preprocess } from "./image/preprocess.ts";
import type { EngineBytes } from "./session.ts";
import type { Build } from "./wasm/instantiate.ts";
import type { DType } from "./wasm/memory.ts";

/** What a model is computed by. */
export interface EngineInfo {
  /** simd: multiply, then add. relaxed: fused where the CPU can. */
  readonly build: Build;
  readonly fma: boolean;
  /** Threads that share the work, workers that are still starting included. */
  readonly threads: number;
  /** Why there are not as many as were asked for. */
  readonly threadsNote?: string;
  /** The relaxed build computes 256 bits at a time: asked for, and seen to help. */
  readonly turbo: boolean;
  /** Plain sums only, batch norms as the file has them: the same bytes on every machine. */
  readonly exact: boolean;
  /** How kernels are held. */
  readonly weights: DType;
  /** Algorithms were chosen by the user's own measurements, which decides how sums round. */
  readonly tuned?: true;
  /** Linear memory: parameters, planned activations and gradients, largest working memory of one operator. */
  readonly bytes: EngineBytes;
}

/** Where a model comes from, as far as its file says. */
export interface ModelOrigin {
  /** Why pictures are prepared as they are: "the file says so", … */
  readonly preprocess: string;
  /** Remarks of the file's writer: producer, versions, licence. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What has to be the same for results to be the same, apart from the engine. */
export interface ModelIdentity {
  readonly name: string;
  readonly format: string;
  /** Of the file's bytes, as 64 hexadecimal digits; there once `model.sha256()` has been asked for. */
  readonly sha256?: string;
  readonly preprocess: Preprocess;
}
