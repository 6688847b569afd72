/** The passes in their order: what a graph is turned into before it is planned. */
import type { Graph, ValueId } from "./graph.ts";
import { fuseActivation } from "./passes/fuse-activation.ts";
import { fuseAdd } from "./passes/fuse-add.ts";
import { fusePad } from "./passes/fuse-pad.ts";
import { type FoldCache, foldBatchNorm } from "./passes/fold-batch-norm.ts";

/**
 * @param kept values that must stay addressable
 * @param folds shared by all plans of a model; undefined leaves batch norms alone (weights kept exactly as stored)
 */
export function optimize(graph: Graph, kept: ReadonlySet<ValueId>, folds: FoldCache | undefined): Graph {
  const padded = fusePad(graph, kept);
  const folded = folds ? foldBatchNorm(padded, kept, folds) : padded;
  return fuseActivation(fuseAdd(folded, kept), kept);
}
