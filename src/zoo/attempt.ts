/** Tries to explain a file's tensors by one architecture under one naming, and keeps count of what does not fit. */
import { GradCamError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { Parameter } from "../graph/parameter.ts";
import { elements, type Shape } from "../shape.ts";
import type { Architecture, BuildOptions } from "./architecture.ts";
import { arrange, expectedShape, fits } from "./layout.ts";
import { type Naming, splitName } from "./names/naming.ts";
import { Net } from "./net.ts";
import type { StoredTensors, WeightRequest, WeightSet } from "./weights.ts";

interface Mismatch {
  /** As the file calls it. */
  readonly tensor: string;
  readonly expected: Shape;
  readonly got: Shape;
}

export interface Attempt {
  readonly naming: Naming;
  readonly options: BuildOptions;
  /** Complete only if nothing is missing or mismatched: placeholders stand for such weights. */
  readonly graph: Graph;
  /** Canonical names of all weights, in the order of the layers. */
  readonly requested: readonly string[];
  /** Those that the file has no tensor for. */
  readonly missing: readonly string[];
  readonly mismatched: readonly Mismatch[];
  /** Kernels of the file that the architecture has no place for. */
  readonly unused: readonly string[];
}

/** What a file is called in the graph: the architecture's and the format's name. */
export interface Titles {
  readonly name: string;
  readonly format: string;
}

/** Builds the graph from what fits. Throws only what the geometry itself makes impossible (E_SHAPE). */
export function attempt(
  titles: Titles,
  architecture: Architecture,
  naming: Naming,
  tensors: StoredTensors,
  options: BuildOptions,
): Attempt {
  const requested: string[] = [];
  const missing: string[] = [];
  const mismatched: Mismatch[] = [];
  const used = new Set<string>();
  const weights: WeightSet = {
    get(request) {
      requested.push(request.name);
      const tensor = tensors.get(naming.tensor(request.name) ?? "");
      if (!tensor) {
        missing.push(request.name);
        return placeholder(request);
      }
      used.add(tensor.name);
      if (fits(request, tensor.shape, naming.layout)) return arrange(request, tensor, naming.layout);
      const expected = expectedShape(request, naming.layout, tensor.shape.length === 2);
      mismatched.push({ tensor: tensor.name, expected, got: tensor.shape });
      return placeholder(request);
    },
  };
  const net = new Net(titles.name, titles.format, weights);
  const graph = net.finish(architecture.build(net, options));
  const unused = [...tensors.values()].filter(({ name, shape }) => shape.length >= 2 && !used.has(name));
  return { naming, options, graph, requested, missing, mismatched, unused: unused.map(({ name }) => name) };
}

/** How far the file is from being explained. */
export const problems = ({ missing, mismatched, unused }: Attempt): number =>
  missing.length + mismatched.length + unused.length;

/** Whether all that is missing belongs to the classifier. */
export function lacksOnlyTop({ missing, unused }: Attempt, architecture: Architecture): boolean {
  const top: readonly string[] = architecture.top;
  return missing.length > 0 && unused.length === 0 && missing.every((name) => top.includes(splitName(name)[0]));
}

/** Lets the shape inference go on, so that every problem of a file is found at once. */
const placeholder = ({ name, shape }: WeightRequest): Parameter => ({
  stored: shape,
  source: {
    length: elements(shape),
    read() {
      throw new GradCamError("E_INTERNAL", {
        where: `weight "${name}"`,
        got: "a read of a weight that the file lacks",
      });
    },
  },
});
