/** What a table of operators holds: how a node becomes terms, one for each of its outputs. */
import type { AttrsOf, OpType } from "../../graph/graph.ts";
import { broadcastNode } from "./broadcast.ts";
import type { OnnxNet } from "./net.ts";
import type { OnnxNode } from "./node.ts";
import { type Term, valueTerm, weightOf } from "./term.ts";
import type { View } from "./view.ts";

export type Translate = (net: OnnxNet, node: OnnxNode) => Term | readonly Term[];

/** A number of the architecture as a term. */
function numberTerm(name: string, value: number): Term {
  const weight = weightOf({ name, shape: [], numbers: Float64Array.of(value), kind: "float" });
  return { kind: "weight", weight: { ...weight, isFixed: true } };
}

/** Steps of an operator that is made of several of ours. Only the last is called as the file calls it. */
export class Steps {
  readonly #net: OnnxNet;
  readonly #node: OnnxNode;
  #count = 0;

  constructor(net: OnnxNet, node: OnnxNode) {
    this.#net = net;
    this.#node = node;
  }

  /** A pointwise operator. */
  unary<T extends OpType>(op: T, x: View, attrs: AttrsOf<T>, isLast = false): View {
    return this.#net.pointwise(op, this.#name(op, isLast), x, attrs);
  }

  /** 1 where two tensors compare so, else 0; a number stands for a tensor of this number. */
  compare(fn: AttrsOf<"compare">["fn"], a: Operand, b: Operand, isLast = false): View {
    return this.#two("compare", a, b, { fn }, isLast);
  }

  /** Towards zero: sign·⌊|x|⌋. */
  truncated(x: View, isLast = false): View {
    const size = this.unary("unary", this.unary("unary", x, { fn: "abs" }), { fn: "floor" });
    return this.binary("mul", this.unary("unary", x, { fn: "sign" }), size, isLast);
  }

  /** An operator of two tensors; a number stands for a tensor of this number. */
  binary(op: "add" | "sub" | "mul" | "div" | "maximum" | "minimum", a: Operand, b: Operand, isLast = false): View {
    return this.#two(op, a, b, {}, isLast);
  }

  #two<T extends OpType>(op: T, a: Operand, b: Operand, attrs: AttrsOf<T>, isLast: boolean): View {
    const name = this.#name(op, isLast);
    const term = (x: Operand): Term =>
      typeof x === "number" ? numberTerm(`${name}/by`, x) : "id" in x ? valueTerm(x) : x;
    return broadcastNode(this.#net, this.#node, op, [term(a), term(b)], attrs, name);
  }

  #name(op: string, isLast: boolean): string {
    return isLast ? this.#node.output : `${this.#node.output}/${op}_${++this.#count}`;
  }
}

type Operand = View | Term | number;
