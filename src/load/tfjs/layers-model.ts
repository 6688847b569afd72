/**
 * Keras' own configuration, in model.json or given by the user, with weights in a manifest under the names of their variables,
 * without ":0".
 */
import type { StoredTensors } from "../../zoo/weights.ts";
import type { GraphFile, OpenContext } from "../graph-file.ts";
import { type ModelConfig, readConfig } from "../keras/config.ts";
import { architectureText, configOf, type Described, describeModel, requestsOf } from "../keras/describe.ts";
import { versionOf } from "../keras/open-h5.ts";
import { requestName, type WeightLookup, type WeightRequest } from "../keras/weights.ts";
import type { ModelJson } from "./model-json.ts";
import type { Shards } from "./shards.ts";

interface Opened {
  readonly json: ModelJson;
  readonly shards: Shards;
  /** For errors. */
  readonly where: string;
  readonly context: OpenContext;
  readonly close: () => Promise<void>;
}

/** Throws what readConfig and layersGraph throw. */
export function layersModel({ json, shards, where, context, close }: Opened): Promise<GraphFile> {
  const { topology } = json;
  const config = readConfig(topology["model_config"] ?? topology, where, context.limits);
  const metadata = { ...json.metadata, keras_version: kerasVersion(json) };
  return describeModel(config, lookup(shards), { format: "tfjs-layers", where, metadata, context, close });
}

/** tfjs itself computes as Keras 2 does. */
const kerasVersion = ({ topology }: ModelJson): string =>
  typeof topology["keras_version"] === "string" ? topology["keras_version"] : "2";

/** The weights under the architecture that the user gives as JSON; undefined where it is none. Throws as `layersModel`. */
export function givenModel({ json, shards, where: file, context, close }: Opened): Promise<GraphFile> | undefined {
  const text = architectureText(context);
  if (text === undefined) return undefined;
  const where = `${file} with the given architecture`;
  const config = configOf(text, where, context);
  const metadata = { ...json.metadata, keras_version: versionOf(text) };
  const described: Described = { format: "tfjs-weights", where, metadata, context, close };
  return describeModel(config, lookupOrPlace(config, shards, described), described);
}

/** By the layer's own name, as converters write it, or with the models around it; Keras 2 calls depthwise kernels so. */
const lookup =
  ({ weights }: Shards): WeightLookup =>
  ({ path, weight }: WeightRequest) => {
    const names = path.map(({ name }) => name);
    const parts = weight === "kernel" ? [weight, "depthwise_kernel"] : [weight];
    const owners = names.map((_, outer) => names.slice(outer).join("/"));
    for (const owner of owners) {
      for (const part of parts) {
        const found = weights.get(`${owner}/${part}`);
        if (found) return found;
      }
    }
    return undefined;
  };

/**
 * Other programs than Keras name weights in ways of their own ("conv0/filters"). Where no layer finds all that it has by name, and there
 * are as many, all are taken in the order of the layers; shapes are compared as ever.
 */
function lookupOrPlace(config: ModelConfig, shards: Shards, described: Described): WeightLookup {
  const byName = lookup(shards);
  const requests = requestsOf(config, described);
  const stored = [...shards.weights.values()].filter(({ isFloat }) => isFloat);
  const layers = new Set(requests.map(({ path }) => path.at(-1)!));
  const lacking = new Set(requests.filter((request) => !byName(request)).map(({ path }) => path.at(-1)!));
  if (requests.length !== stored.length || lacking.size < layers.size) return byName;
  const sorted = [...requests].sort((a, b) => a.path[0]!.place - b.path[0]!.place);
  const places = new Map(sorted.map((request, place) => [requestName(request), stored[place]]));
  return (request) => places.get(requestName(request));
}

/** For the zoo: a depthwise kernel is the kernel, except beside a pointwise one, and whole numbers are no weights. */
export function zooTensors({ weights }: Shards): StoredTensors {
  const floats = [...weights].filter(([, { isFloat }]) => isFloat);
  return new Map(
    floats.map(([name, weight]) => {
      const layer = /^(.*)\/depthwise_kernel$/.exec(name)?.[1];
      const isKernel = layer !== undefined && !weights.has(`${layer}/pointwise_kernel`);
      return [isKernel ? `${layer}/kernel` : name, weight];
    }),
  );
}
