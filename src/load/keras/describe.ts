/** A configuration and a way to its weights as an opened model. */
import type { Graph } from "../../graph/graph.ts";
import { elements } from "../../shape.ts";
import type { GraphFile, OpenContext } from "../graph-file.ts";
import { guessPreprocess } from "../guess-preprocess.ts";
import { parseJson } from "../json.ts";
import { type ModelConfig, readConfig } from "./config.ts";
import { layersGraph } from "./layers-graph.ts";
import type { WeightLookup, WeightRequest } from "./weights.ts";

export interface Described {
  readonly format: string;
  readonly where: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly context: OpenContext;
  readonly close: () => void | Promise<void>;
}

/** The JSON text of an architecture, where that is what the user gave, and not a name. */
export const architectureText = ({ architecture }: OpenContext): string | undefined =>
  architecture !== undefined && /^\s*\{/.test(architecture) ? architecture : undefined;

export function configOf(text: string, where: string, { limits }: OpenContext): ModelConfig {
  return readConfig(parseJson(text, where, limits.jsonDepth), where, limits);
}

/** Throws what layersGraph throws. */
export function describeModel(config: ModelConfig, weights: WeightLookup, described: Described): GraphFile {
  const { format, metadata, close } = described;
  return { format, graph: graphOf(config, weights, described), preprocess: guess(config), metadata, close };
}

/** Every weight that the network will ask for. */
export function requestsOf(config: ModelConfig, described: Described): WeightRequest[] {
  const requests: WeightRequest[] = [];
  graphOf(
    config,
    (request) => {
      requests.push(request);
      const { shape } = request;
      const source = { length: elements(shape), read: () => new Float32Array() };
      return { name: request.weight, shape, dtype: "F32", parameter: () => ({ stored: shape, source }) };
    },
    described,
  );
  return requests;
}

function graphOf(config: ModelConfig, weights: WeightLookup, { format, where, metadata, context }: Described): Graph {
  const kerasMajor = Number.parseInt(metadata["keras_version"] ?? "1", 10) || 1;
  const { limits, inputShape, inputShapes } = context;
  return layersGraph(config, weights, { format, where, kerasMajor, limits, inputShape, inputShapes });
}

/** Kinds of layers that bring pictures into their range. */
const RESCALING: ReadonlySet<string> = new Set(["Rescaling", "Normalization"]);

const guess = (config: ModelConfig) =>
  guessPreprocess({ names: namesOf(config), rescales: kindsOf(config).some((kind) => RESCALING.has(kind)) });

const namesOf = ({ name, layers }: ModelConfig): string[] => [
  name,
  ...layers.flatMap(({ model }) => (model ? namesOf(model) : [])),
];

const kindsOf = ({ layers }: ModelConfig): string[] =>
  layers.flatMap(({ kind, model }) => (model ? kindsOf(model) : [kind]));
