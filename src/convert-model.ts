/** From any model that can be loaded to our own portable file: graph, weights, preprocessing and labels in one. */
import { checkChoice } from "./image/choice.ts";
import { inGray, resolvePreprocess } from "./image/presets.ts";
import { labelsFrom } from "./labels.ts";
import { loadGraph } from "./load/index.ts";
import { graphOptions, type LoadOptions, type ModelSource, openSource, type Platform } from "./load-model.ts";
import type { DType } from "./wasm/memory.ts";

/** What is not to be found out from the file, and how kernels are written. */
export interface ConvertOptions extends Omit<LoadOptions, "engine" | "onProgress"> {
  /** Default "f32": the numbers that the model has. "f16" takes half, "int8" (one scale per output channel) a quarter. */
  readonly weights?: DType;
}

/** A portable file in the making. */
export interface Conversion {
  readonly name: string;
  /** What it was. */
  readonly format: string;
  readonly weights: DType;
  /** Size of the file that comes out. */
  readonly bytes: number;
  readonly chunks: AsyncGenerator<Uint8Array>;
  /** Gives back the file that is read. */
  close(): Promise<void>;
}

/** Throws what loadModel throws of files and options. */
export async function convertModelOn(
  platform: Platform,
  source: ModelSource | undefined,
  options: ConvertOptions = {},
): Promise<Conversion> {
  const { weights = "f32", signal } = options;
  checkChoice(weights, ["f32", "f16", "int8"], "weights");
  signal?.throwIfAborted();
  const file = await openSource(platform, source, options);
  let close = async (): Promise<void> => file.close();
  try {
    const loaded = await loadGraph(file, await graphOptions(platform, options));
    close = async () => loaded.close();
    const { graph, metadata } = loaded;
    const { writePortable } = await import("./load/portable/write.ts");
    const [, height, width, channels] = graph.values[graph.inputs[0]!]!.shape;
    const preset = options.preprocess ?? loaded.preprocess.preset;
    const preprocess = resolvePreprocess(channels === 1 ? inGray(preset) : preset, {
      ...(height && width ? { size: [height, width] as const } : {}),
      ...(options.fit && { fit: options.fit }),
    });
    const labels = options.labels ? labelPairs(options.labels) : loaded.labels;
    const { bytes, chunks } = writePortable(graph, { weights, preprocess, labels, metadata });
    return { name: graph.name, format: graph.format, weights, bytes, chunks, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Names, or [wnid, name] pairs. Throws E_INPUT_VALUE. */
const labelPairs = (labels: readonly unknown[]): unknown[] =>
  labelsFrom(labels).map(({ wnid, name }) => (wnid === undefined ? name : [wnid, name]));
