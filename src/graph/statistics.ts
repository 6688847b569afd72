/** Means and variances that a network's first batch norm learnt: how the tensor before it looked in training. */
import type { Graph } from "./graph.ts";
import { readParameter } from "./parameter.ts";

export interface Statistics {
  /** The value that is normalised. */
  readonly tensor: string;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** Undefined where there is no batch norm whose numbers are stored. */
export async function firstStatistics({ nodes, values }: Graph): Promise<Statistics | undefined> {
  const norm = nodes.find(({ op }) => op === "batchNorm");
  const [x, , , mean, variance] = (norm?.inputs ?? []).map((id) => (id === undefined ? undefined : values[id]));
  if (!x || !mean?.parameter || !variance?.parameter) return undefined;
  return {
    tensor: x.name,
    mean: await readParameter(mean.parameter),
    variance: await readParameter(variance.parameter),
  };
}
