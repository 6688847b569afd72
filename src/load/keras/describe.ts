/** A configuration and a way to its weights as an opened model. */
import type { Graph } from "../../graph/graph.ts";
import { elements } from "../../shape.ts";
import type { GraphFile, OpenContext } from "../graph-file.ts";
import { guessPreprocess } from "../guess/preprocess.ts";
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
export async function describeModel(
  config: ModelConfig,
  weights: WeightLookup,
  described: Described,
): Promise<GraphFile> {
  const { format, metadata, close } = described;
  const graph = graphOf(config, weights, described);
  return { format, graph, preprocess: await guessPreprocess(graph, namesOf(config)), metadata, close };
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

const namesOf = ({ name, layers }: ModelConfig): string[] => [
  name,
  ...layers.flatMap(({ model }) => (model ? namesOf(model) : [])),
];
