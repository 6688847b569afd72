/** Opens a model file: recognised by its content, explained by the zoo. Bytes in, graph out. */
import { GradCamError, nearest } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { elements, type Pair, type Shape } from "../shape.ts";
import type { ArchitectureName } from "../zoo/architecture-names.ts";
import { matchArchitecture } from "../zoo/match.ts";
import type { GraphFile, OpenContext, PreprocessGuess } from "./graph-file.ts";
import { A_MODEL, type Head, readHead } from "./head.ts";
import type { StartHdf5 } from "./hdf5/connection.ts";
import { isHdf5 } from "./hdf5/recognise.ts";
import { isShardIndex } from "./keras/recognise.ts";
import { type Limits, limitsFrom } from "./limits.ts";
import { isPortable } from "./portable/recognise.ts";
import { isSafetensors, openSafetensors } from "./safetensors.ts";
import { isSafetensorsIndex } from "./hub/recognise.ts";
import type { RandomAccessSource } from "./source.ts";
import type { TensorFile } from "./tensor-file.ts";
import { isModelJson } from "./tfjs/recognise.ts";
import { isOnnx } from "./onnx/recognise.ts";

/** A format that is read here. Adding one = one file + one line in `formats`. */
interface Format {
  readonly name: string;
  /** For formats without a signature: a damaged file of this name is explained as one of these. */
  readonly extension?: RegExp;
  recognises(head: Head): boolean;
  /** What a file holds: tensors whose architecture the zoo knows, or a network that it describes itself. */
  open(source: RandomAccessSource, context: OpenContext): Promise<TensorFile | GraphFile>;
}

const formats: readonly Format[] = [
  {
    name: "safetensors",
    extension: /\.safetensors$/i,
    recognises: isSafetensors,
    async open(source, { limits }) {
      const file = await openSafetensors(source, limits);
      if (isPortable(file.metadata)) {
        return (await import("./portable/read.ts")).readPortable(file, source.name, limits);
      }
      if (![...file.tensors.values()].some(({ dtype }) => dtype === "I8")) return file;
      return { ...file, tensors: (await import("./int8.ts")).withInt8Weights(file.tensors, source.name) };
    },
  },
  {
    name: "safetensors-index",
    recognises: isSafetensorsIndex,
    open: async (source, { limits }) =>
      (await import("./hub/safetensors-index.ts")).openSafetensorsIndex(source, limits),
  },
  {
    name: "tfjs",
    recognises: isModelJson,
    open: async (source, context) => (await import("./tfjs/index.ts")).openTfjs(source, context),
  },
  {
    name: "onnx",
    extension: /\.onnx$/i,
    recognises: isOnnx,
    open: async (source, context) => (await import("./onnx/index.ts")).openOnnx(source, context),
  },
  {
    name: "keras",
    extension: /\.keras$/i,
    recognises: ({ isZip, name }) => isZip && /\.keras$/i.test(name),
    open: async (source, context) => (await import("./zip-model.ts")).openZip(source, context),
  },
  {
    name: "zip",
    recognises: ({ isZip }) => isZip,
    open: async (source, context) => (await import("./zip-model.ts")).openZip(source, context),
  },
  {
    name: "keras-shards",
    recognises: isShardIndex,
    open: async (source, context) => (await import("./keras/open-shards.ts")).openShards(source, context),
  },
  {
    name: "keras-h5",
    recognises: isHdf5,
    open: async (source, context) => (await import("./keras/open-h5.ts")).openKerasH5(source, context),
  },
];

export interface LoadGraphOptions {
  /** Default: found by content. */
  readonly format?: string;
  /** For files that hold weights only: a name, or the JSON text of a Keras model. Default: recognised by their names. */
  readonly architecture?: string;
  /** Default: as many as the file's classifier has. */
  readonly classes?: number;
  /** Input height and width; default: what the architecture was trained with, or what the file says. */
  readonly inputShape?: Pair;
  /** For files with dynamic sizes: whole shapes, by the input's name. */
  readonly inputShapes?: Readonly<Record<string, Shape>>;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  /** Starts the worker that HDF5 runs in; without it, it runs here. */
  readonly startHdf5?: StartHdf5;
}

export interface LoadedGraph {
  readonly graph: Graph;
  /** How pictures become inputs. */
  readonly preprocess: PreprocessGuess;
  /** The file's own class names, or which list fits the number of classes, if any does. */
  readonly labels: "imagenet" | readonly unknown[] | undefined;
  /** Undefined where the file describes its network itself. */
  readonly architecture: ArchitectureName | undefined;
  /** Remarks of the file's writer. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Gives back what reading parameters needs, the source included. Call it when the graph's parameters are loaded. */
  close(): void | Promise<void>;
}

/** ImageNet-1k. */
const IMAGENET_CLASSES = 1000;

/**
 * The graph's parameters are read from `source` when they are asked for. Throws E_TRUNCATED, E_NOT_A_MODEL,
 * E_UNSUPPORTED_FORMAT, the errors of the format, E_OPTION, E_WEIGHT_MISSING and E_SHAPE_MISMATCH.
 */
export async function loadGraph(source: RandomAccessSource, options: LoadGraphOptions = {}): Promise<LoadedGraph> {
  options.signal?.throwIfAborted();
  const format = await findFormat(source, options.format);
  const { limits, ...others } = options;
  if (limits) (await import("./check-limits.ts")).checkLimits(limits);
  const file = await format.open(source, { ...others, limits: limitsFrom(limits) });
  try {
    options.signal?.throwIfAborted();
    return "graph" in file ? selfDescribed(file) : await assemble(file, source, options);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function selfDescribed(file: GraphFile): LoadedGraph {
  const output = file.graph.values[file.graph.outputs[0]!]!.shape;
  return {
    graph: file.graph,
    preprocess: file.preprocess,
    labels: file.labels ?? (elements(output.slice(1)) === IMAGENET_CLASSES ? "imagenet" : undefined),
    architecture: undefined,
    metadata: file.metadata,
    close: () => file.close(),
  };
}

async function assemble(file: TensorFile, source: RandomAccessSource, options: LoadGraphOptions): Promise<LoadedGraph> {
  const config = await configOf(file, source, options);
  const { classes } = options;
  const architecture = options.architecture ?? config?.architecture;
  const size = options.inputShape ?? config?.preprocess?.size;
  const match = await matchArchitecture(file.tensors, {
    file: source.name,
    format: file.format,
    ...(architecture !== undefined && { architecture }),
    ...(classes !== undefined && { classes }),
    ...(size && { size }),
  });
  const trained = { preset: match.preprocess, why: `what ${match.architecture} was trained with` };
  return {
    graph: match.graph,
    preprocess: config?.preprocess ? { preset: config.preprocess, why: "config.json beside it says so" } : trained,
    labels: match.classes === IMAGENET_CLASSES ? "imagenet" : undefined,
    architecture: match.architecture,
    metadata: file.metadata,
    close: () => file.close(),
  };
}

/** timm's description of its weights, where it lies beside them and the user has not said what they are. */
async function configOf({ format }: TensorFile, source: RandomAccessSource, options: LoadGraphOptions) {
  const isTimms = format === "safetensors" && /(^|[/\\])model\.safetensors(\.index\.json)?$/.test(source.name);
  if (!isTimms || options.architecture !== undefined) return undefined;
  const { readTimmConfig } = await import("./hub/timm-config.ts");
  return readTimmConfig(source, limitsFrom(options.limits));
}

/** Fewer bytes than this are no model of any kind. */
const SMALLEST = 8;

async function findFormat(source: RandomAccessSource, wanted: string | undefined): Promise<Format> {
  if (wanted !== undefined) return formatNamed(wanted);
  if (source.size < SMALLEST) {
    throw new GradCamError("E_TRUNCATED", {
      where: source.name,
      expected: "a model",
      got: `${source.size} bytes, not a model`,
      hint: "fetch the file again",
    });
  }
  const head = await readHead(source);
  // Any other zip is looked into.
  if (head.isZip) await refuseForeign(head);
  const recognised = formats.find((format) => format.recognises(head));
  if (recognised) return recognised;
  await refuseForeign(head);
  const byName = formats.find(({ extension }) => extension?.test(source.name));
  if (byName) return byName;
  throw new GradCamError("E_NOT_A_MODEL", {
    where: source.name,
    expected: A_MODEL,
    got: `bytes that begin with ${hex(head.latin1.slice(0, SMALLEST))}`,
    hint: "is it the right file? if so, name its format with the option format",
  });
}

/** What strangers look like is loaded when one may be there. */
async function refuseForeign(head: Head): Promise<void> {
  const { refuseStrangers } = await import("./foreign.ts");
  refuseStrangers(head);
}

function formatNamed(wanted: string): Format {
  const found = formats.find(({ name }) => name === wanted);
  if (found) return found;
  const names = formats.map(({ name }) => name);
  const near = nearest(wanted, names);
  throw new GradCamError("E_OPTION", {
    where: "format",
    expected: names.join(" or "),
    got: JSON.stringify(wanted),
    ...(near && { hint: `did you mean "${near}"?` }),
  });
}

const hex = (latin1: string): string =>
  Array.from(latin1, (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");
