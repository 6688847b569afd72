/** The passes in their order: what a graph is turned into before it is planned. */
import type { Graph, ValueId } from "./graph.ts";
import { chooseAlgorithm } from "./passes/choose-algorithm.ts";
import { fuseActivation } from "./passes/fuse-activation.ts";
import { fuseAdd } from "./passes/fuse-add.ts";
import { fusePad } from "./passes/fuse-pad.ts";
import { type FoldCache, foldBatchNorm } from "./passes/fold-batch-norm.ts";
import type { Choice } from "./tuning.ts";

export interface Optimizations {
  /** Folded batch norms, shared by all plans of a model; undefined leaves them alone (weights kept exactly as stored). */
  readonly folds: FoldCache | undefined;
  /** What was measured of algorithms that round more than the plain sum; undefined where none of them may be taken. */
  readonly algorithms: Choice | undefined;
  /** ReLUs stay operators of their own: they have a backward rule of their own. */
  readonly ruled?: boolean;
}

/** @param kept values that must stay addressable */
export function optimize(graph: Graph, kept: ReadonlySet<ValueId>, { folds, algorithms, ruled }: Optimizations): Graph {
  const padded = fusePad(graph, kept);
  const folded = folds ? foldBatchNorm(padded, kept, folds) : padded;
  const added = fuseAdd(folded, kept);
  const fused = ruled ? added : fuseActivation(added, kept);
  return algorithms ? chooseAlgorithm(fused, algorithms) : fused;
}
