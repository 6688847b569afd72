/** Tries to explain a file's tensors by one architecture under one naming, and keeps count of what does not fit. */
import { GradCamError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { Parameter } from "../graph/parameter.ts";
import { elements, type Shape } from "../shape.ts";
import type { Architecture, BuildOptions } from "./architecture.ts";
import { arrange, expectedShape, fits } from "./layout.ts";
import { type Naming, splitName } from "./names/naming.ts";
import { Net } from "./net.ts";
import type { StoredTensor, StoredTensors, WeightRequest, WeightSet } from "./weights.ts";

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

/** A weight is missing that is not the classifier's: reason enough to try the next architecture. */
class Dismissed extends Error {}

/** As attempt, but undefined as soon as a weight is missing that does not belong to the classifier. */
export function attemptQuickly(...args: Parameters<typeof attempt>): Attempt | undefined {
  const [titles, architecture, naming, tensors, options] = args;
  const top: readonly string[] = architecture.top;
  const onMissing = (name: string): void => {
    if (!top.includes(splitName(name)[0])) throw new Dismissed();
  };
  try {
    return attempt(titles, architecture, naming, tensors, options, onMissing);
  } catch (reason) {
    if (reason instanceof Dismissed) return undefined;
    throw reason;
  }
}

/** Builds the graph from what fits. Throws only what the geometry itself makes impossible (E_SHAPE). */
export function attempt(
  titles: Titles,
  architecture: Architecture,
  naming: Naming,
  tensors: StoredTensors,
  options: BuildOptions,
  onMissing?: (name: string) => void,
): Attempt {
  const missing: string[] = [];
  const mismatched: Mismatch[] = [];
  const used = new Set<string>();
  const weights: WeightSet = {
    get(request) {
      const tensor = tensors.get(naming.tensor(request.name) ?? "");
      if (!tensor) {
        onMissing?.(request.name);
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
  const isUnused = ([key, { name, shape }]: readonly [string, StoredTensor]): boolean =>
    shape.length >= 2 && !used.has(name) && !naming.ignores?.test(key);
  const unused = [...tensors].filter(isUnused).map(([, { name }]) => name);
  return { naming, options, graph, missing, mismatched, unused };
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
