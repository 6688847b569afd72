/** From a name, a path, a URL or bytes to a model that is ready to run. */
import { GradCamError } from "./errors.ts";
import { given } from "./given.ts";
import type { Observer } from "./graph/execute.ts";
import type { Graph } from "./graph/graph.ts";
import type { NetworkLimits } from "./graph/limits.ts";
import { checkTuning, type Tuning } from "./graph/tuning.ts";
import { checkChoice } from "./image/choice.ts";
import type { Fit } from "./image/geometry.ts";
import type { Preprocess } from "./image/preprocess.ts";
import { inGray, type PresetName, resolvePreprocess } from "./image/presets.ts";
import { checkLabels, type Labels, labelsFrom } from "./labels.ts";
import type { StartHdf5 } from "./load/hdf5/connection.ts";
import { filesSource, type NamedBlob } from "./load/files-source.ts";
import { type LoadGraphOptions, loadGraph, type LoadedGraph } from "./load/index.ts";
import { type Limits, limitsFrom } from "./load/limits.ts";
import { sha256 } from "./load/sha256.ts";
import { blobSource, bytesSource, type RandomAccessSource } from "./load/source.ts";
import { Model } from "./model.ts";
import type { ModelOrigin } from "./model-facts.ts";
import { type ArchitectureName, findArchitecture } from "./zoo/architecture-names.ts";
import { type Build, chooseBuild, createEngine, type Engine, type ReadBuild } from "./wasm/instantiate.ts";
import type { DType } from "./wasm/memory.ts";
import type { Turbo } from "./wasm/turbo.ts";
import { allot, type Threads, type Workforce } from "./wasm/workforce.ts";

/** The model that comes with the package. */
const EMBEDDED: ArchitectureName = "efficientnet-lite0";

/** A registry name, a path or a URL; or the bytes themselves, or all the files of a model that has several. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer | Blob | readonly NamedBlob[] | RandomAccessSource;

/** Which build of the core runs, on how many threads, and how exactly. */
export interface EngineOptions {
  /** Threads of the core; "auto" is as many as there are cores, at most 8. Results are the same bytes for any number. */
  readonly threads?: Threads;
  readonly build?: "auto" | Build;
  /** The strict build and no folded batch norms: the same bytes on every machine, as near to the file as f32 can be. */
  readonly exact?: boolean;
  /**
   * Lets V8 fuse operations into 256 bits, an experiment of V8's that is set for the whole process. In Node ≥ 24 on x64;
   * elsewhere, or if a measurement of some milliseconds shows no gain, nothing changes and `model.engine.turbo` is false.
   * The same bytes as without.
   */
  readonly turbo?: boolean;
  /** A compiled build of the core, for places where compiling is not allowed: the `build` that is named, one thread. */
  readonly module?: WebAssembly.Module;
  /** What `gradcam bench --tune` measured on this machine. Exact models and f16 weights have no choice and do without. */
  readonly tuning?: Tuning;
  /** @internal Stands around every operator call: how profiles are made. */
  readonly observe?: Observer;
}

/** How far loading is. */
export interface LoadProgress {
  /** Downloading comes first, if `download` asked for it and the file was not in the cache. */
  readonly stage: "download" | "weights";
  readonly done: number;
  readonly total: number;
  readonly unit: "bytes";
}

/** What a graph does not say about a model. */
export interface ModelOptions {
  /** Default: what the file or the registry says. */
  readonly preprocess?: PresetName | Preprocess;
  /** One entry per class: names, [wnid, name] pairs or label objects. */
  readonly labels?: readonly unknown[];
  /** How a picture meets the input size; default "squash": nothing of the picture is hidden. */
  readonly fit?: Fit;
  /**
   * How kernels are held in linear memory: "f16" takes half, "int8" (one scale per output channel) a quarter, and both leave batch
   * norms unfolded; default "f32". They are computed with as f32.
   */
  readonly weights?: DType;
  readonly engine?: EngineOptions;
}

/** What is not to be found out from the file, and how it is loaded. */
export interface LoadOptions extends ModelOptions {
  /** Default: found by content. */
  readonly format?: string;
  /**
   * For files that hold weights only: an architecture's name, or a Keras model as JSON: the path or URL of a `.json` file, its
   * text, or the object. Default: recognised by the names of the weights.
   */
  readonly architecture?: string | object;
  /** Number of classes of a weights-only file; default: as stored. */
  readonly classes?: number;
  /** [height, width] of a weights-only file's input, or of one with dynamic sizes; default: the architecture's or the file's own. */
  readonly inputShape?: readonly [height: number, width: number];
  /** Whole shapes for the inputs of files with dynamic sizes, by name and in the file's own layout. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /** How much the file may ask for, each by its name; defaults and meanings are in docs/security.md. */
  readonly limits?: Partial<Limits>;
  /** For names of `listModels()`: fetch the official weights if the cache has none. Default false: no connection is opened. */
  readonly download?: boolean;
  readonly signal?: AbortSignal;
  /** Called while weights are read. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** What differs between Node, a browser and anything else. */
export interface Platform {
  /** Opens a path, a URL or the name of a model. */
  open(location: string | URL, options: LoadOptions): Promise<RandomAccessSource>;
  /** The model that comes with the package. */
  embedded(): Promise<RandomAccessSource>;
  /** ImageNet's class names; undefined where they cannot be read. */
  imagenetLabels(): Promise<Labels | undefined>;
  /** SHA-256 in hexadecimal digits; default: of the whole file in memory, by the platform's own digest. */
  sha256?(source: RandomAccessSource): Promise<string>;
  /** Whatever has to happen before the relaxed build can be compiled. */
  enableRelaxedSimd?(): void;
  /** The turbo build, with the JavaScript engine set for it; undefined where it cannot help. */
  turbo?(): Promise<Turbo | undefined>;
  /** Reads a build of the core where that is faster than unpacking the inlined one; undefined where it is not found. */
  readonly core?: ReadBuild;
  /** Undefined where there are no workers. */
  readonly workforce?: Workforce;
  /** Undefined where there are no workers. */
  readonly startHdf5?: StartHdf5;
}

/**
 * Throws E_MODEL_NOT_FOUND, E_NOT_A_MODEL, E_UNSUPPORTED_FORMAT, E_WEIGHT_MISSING, E_SHAPE_MISMATCH and the other
 * format errors, E_NETWORK_TOO_LARGE, E_OPTION, E_OUT_OF_MEMORY, E_WASM_BLOCKED.
 */
export async function loadModelOn(
  platform: Platform,
  source: ModelSource | undefined,
  options: LoadOptions = {},
): Promise<Model> {
  options.signal?.throwIfAborted();
  const file = await openSource(platform, source, options);
  let close = (): void | Promise<void> => file.close();
  try {
    const loaded = await loadGraph(file, await graphOptions(platform, options));
    close = () => loaded.close();
    const { graph, preprocess, labels: labelSet } = loaded;
    const labels = options.labels ? undefined : await labelsOf(labelSet, platform);
    const engine = await startEngine(platform, options.engine);
    const hash = (): Promise<string | undefined> => (platform.sha256 ?? sha256)(file);
    // A file of weights alone cannot make a network of ours larger than it is.
    const isLimited = loaded.architecture === undefined || options.limits !== undefined;
    const model = assemble(
      graph,
      engine,
      { preprocess: preprocess.preset, ...options, limits: isLimited ? limitsFrom(options.limits) : undefined },
      labels,
      { preprocess: options.preprocess ? "chosen by hand" : preprocess.why, metadata: loaded.metadata },
      () => void close(),
      hash,
    );
    await warmUp(model, options);
    return model;
  } catch (error) {
    await close();
    throw error;
  }
}

/** A model from a graph built with GraphBuilder. */
export async function createModelOn(platform: Platform, graph: Graph, options: ModelOptions = {}): Promise<Model> {
  const engine = await startEngine(platform, options.engine);
  return assemble(graph, engine, { preprocess: "none", ...options }, undefined, undefined, () => undefined);
}

/** What readers of files are told. */
export async function graphOptions(platform: Platform, options: LoadOptions): Promise<LoadGraphOptions> {
  const { architecture, ...others } = options;
  const { startHdf5 } = platform;
  const told = architecture !== undefined && { architecture: await architectureText(platform, architecture, options) };
  return { ...others, ...told, ...(startHdf5 && { startHdf5 }) };
}

/** A name as it is, a path of JSON as the text that lies there, an object as text. Throws E_MODEL_NOT_FOUND, E_IO. */
async function architectureText(
  platform: Platform,
  architecture: string | object,
  options: LoadOptions,
): Promise<string> {
  if (typeof architecture === "object") return JSON.stringify(architecture);
  if (!/^[^{]*\.json$/i.test(architecture)) return architecture;
  const source = await platform.open(architecture, options);
  try {
    return new TextDecoder().decode(await source.read(0, source.size));
  } finally {
    await source.close();
  }
}

async function labelsOf(found: LoadedGraph["labels"], platform: Platform): Promise<Labels | undefined> {
  if (found === "imagenet") return platform.imagenetLabels();
  return found && labelsFrom(found);
}

/** Whatever a model comes from, as bytes. */
export async function openSource(
  platform: Platform,
  source: ModelSource | undefined,
  options: LoadOptions,
): Promise<RandomAccessSource> {
  if (source === undefined || (typeof source === "string" && findArchitecture(source) === EMBEDDED)) {
    return platform.embedded();
  }
  if (typeof source === "string" || source instanceof URL) return platform.open(source, options);
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return bytesSource(source);
  if (typeof Blob !== "undefined" && source instanceof Blob) return blobSource(source);
  if (Array.isArray(source)) return filesSource(source as readonly NamedBlob[]);
  if (typeof (Object(source) as Partial<RandomAccessSource>).read === "function") return source as RandomAccessSource;
  const expected = "a name, a path, a URL, bytes, a Blob or a list of files";
  throw new GradCamError("E_INPUT_VALUE", { where: "model", expected, ...given(source) });
}

async function startEngine(platform: Platform, options: EngineOptions = {}): Promise<Engine> {
  const { threads = "auto", build = "auto", exact = false, turbo = false, module, tuning } = options;
  checkChoice(build, ["auto", "simd", "relaxed"], "engine.build");
  if (tuning !== undefined) checkTuning(tuning, "engine.tuning");
  const allotment = allot(threads, platform.workforce, module !== undefined);
  if (exact && build === "relaxed") {
    throw new GradCamError("E_OPTION", { where: "engine", expected: "exact or build: relaxed, not both", got: "both" });
  }
  if (turbo && (exact || build === "simd" || module)) {
    const got = exact ? "exact" : build === "simd" ? "build: simd" : "a module";
    throw new GradCamError("E_OPTION", { where: "engine.turbo", expected: "the relaxed build", got });
  }
  if (build !== "simd" && !exact) platform.enableRelaxedSimd?.();
  const chosen = chooseBuild(exact ? "simd" : build);
  const boost = turbo && chosen === "relaxed" ? await platform.turbo?.() : undefined;
  return createEngine(chosen, { module, threads: allotment, turbo: boost, read: platform.core });
}

function assemble(
  graph: Graph,
  engine: Engine,
  options: ModelOptions & { preprocess: PresetName | Preprocess; limits?: NetworkLimits | undefined },
  labels: Labels | undefined,
  origin: ModelOrigin | undefined,
  close: () => void,
  hash?: () => Promise<string | undefined>,
): Model {
  const { weights = "f32", engine: { exact = false, tuning, observe } = {} } = options;
  checkChoice(weights, ["f32", "f16", "int8"], "weights");
  const [, height, width, channels] = graph.values[graph.inputs[0]!]!.shape;
  const size = height && width ? { size: [height, width] as const } : {};
  const wanted = channels === 1 ? inGray(options.preprocess) : options.preprocess;
  const own = options.labels && labelsFrom(options.labels);
  const model = new Model({
    graph,
    engine,
    dtype: weights,
    exact,
    tuning,
    preprocess: resolvePreprocess(wanted, { ...size, ...(options.fit && { fit: options.fit }) }),
    observe,
    limits: options.limits,
    labels: own ?? labels,
    origin,
    close,
    hash,
  });
  if (own) checkLabels(own, model.classes);
  return model;
}

async function warmUp(model: Model, { onProgress, signal }: LoadOptions): Promise<void> {
  const total = model.layers.reduce((sum, layer) => sum + layer.parameters, 0) * 4;
  let done = 0;
  await model.warmUp((bytes) => {
    signal?.throwIfAborted();
    done += bytes;
    onProgress?.({ stage: "weights", done: Math.min(done, total), total, unit: "bytes" });
  });
  onProgress?.({ stage: "weights", done: total, total, unit: "bytes" });
}
