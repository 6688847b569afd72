import { ops, type OpTable } from "../ops/index.ts";
import type { Op } from "../ops/op.ts";
import type { Node } from "./graph.ts";

/** The operator that a node calls. */
export const opOf = (node: Node): Op => node.rule ?? (ops as OpTable)[node.op]!;
