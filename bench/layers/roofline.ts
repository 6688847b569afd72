/**
 * What one operator call asks of the machine: its kind, its algorithm and its arithmetic.
 * `macs` is the plain sum, the same for every engine; `done` is what this algorithm multiplies.
 */
import type { OperatorCall } from "../../src/graph/execute.ts";
import { opOf } from "../../src/graph/op-of.ts";
import type { Shape } from "../../src/shape.ts";

export interface Roofline {
  readonly name: string;
  /** "conv 3×3", "depthwise 5×5 /2", "dense", … */
  readonly kind: string;
  /** "winograd", "direct", …; empty where there is no choice. */
  readonly algorithm: string;
  /** "56×56×64 → 56×56×128" */
  readonly shape: string;
  /** Multiply-accumulates of the plain sum. */
  readonly macs: number;
  /** Multiply-accumulates that the algorithm does; transforms are not counted. */
  readonly done: number;
}

/** Lines of outputs in a tile of F(4×4, 3×3), and its points in both directions. */
const TILE = 4;
const POINTS = 36;

export function rooflineOf({ node, targets, shapes }: OperatorCall): Roofline {
  const inputs = node.inputs.map((id) => (id === undefined ? undefined : shapes[id]!));
  const y = shapes[node.output]!;
  const sums = targets ? targets.slice(0, 2).filter((id) => id !== undefined).length : 1;
  const macs = (opOf(node).macs?.(inputs, y, node.attrs) ?? 0) * sums;
  const { kind, algorithm } = kindOf(node, inputs[1]);
  const done = algorithm === "winograd" ? winogradMacs(inputs[0]!, y) : macs;
  return { name: node.name, kind, algorithm, shape: `${spatial(inputs[0])} → ${spatial(y)}`, macs, done };
}

function kindOf(node: OperatorCall["node"], w: Shape | undefined): { kind: string; algorithm: string } {
  if (node.op !== "conv2d" && node.op !== "depthwiseConv2d") return { kind: node.op, algorithm: "" };
  const stride = node.attrs.strides[0] > 1 ? ` /${node.attrs.strides[0]}` : "";
  const window = `${w![0]}×${w![1]}${stride}`;
  if (node.op === "depthwiseConv2d") return { kind: `depthwise ${window}`, algorithm: "" };
  return { kind: `conv ${window}`, algorithm: node.attrs.algorithm ?? "direct" };
}

/** One product of C × F for each point of each tile, tiles at the edges being whole ones. */
function winogradMacs(x: Shape, y: Shape): number {
  const [batch, height, width, filters] = y;
  return batch! * Math.ceil(height! / TILE) * Math.ceil(width! / TILE) * POINTS * x[3]! * filters!;
}

/** A shape without its batch. */
const spatial = (shape: Shape | undefined): string => shape?.slice(1).join("×") ?? "";
