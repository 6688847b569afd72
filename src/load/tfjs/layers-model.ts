/** A layers-model: Keras' own configuration, with weights in a manifest under the names of their variables, without ":0". */
import type { GraphFile, OpenContext } from "../graph-file.ts";
import { readConfig } from "../keras/config.ts";
import { describeModel } from "../keras/describe.ts";
import type { WeightLookup, WeightRequest } from "../keras/weights.ts";
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
export function layersModel({ json, shards, where, context, close }: Opened): GraphFile {
  const { topology } = json;
  const config = readConfig(topology["model_config"] ?? topology, where, context.limits);
  const metadata = { ...json.metadata, keras_version: kerasVersion(json) };
  return describeModel(config, lookup(shards), { format: "tfjs-layers", where, metadata, context, close });
}

/** tfjs itself computes as Keras 2 does. */
const kerasVersion = ({ topology }: ModelJson): string =>
  typeof topology["keras_version"] === "string" ? topology["keras_version"] : "2";

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
