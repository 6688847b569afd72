/** The nodes of a file as patterns look at them: what makes a name, which numbers it holds, what a product is a product of. */
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";

/** c·a·b·…, c of all numbers among the factors. */
export interface Product {
  readonly number: number;
  /** Names of all other factors. */
  readonly factors: readonly string[];
}

/** Patterns have at most x·x·x. */
const MOST_FACTORS = 3;
/** Products of products that are looked into. */
const DEEPEST = 4;

export class PatternGraph {
  readonly #net: OnnxNet;
  readonly #maker: ReadonlyMap<string, OnnxNode>;

  constructor(net: OnnxNet, order: readonly OnnxNode[]) {
    this.#net = net;
    this.#maker = new Map(order.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  }

  /** The node that makes a value, if it is one of these operators. */
  made(name: string | undefined, ...ops: readonly string[]): OnnxNode | undefined {
    const node = name === undefined ? undefined : this.#maker.get(name);
    return node?.domain === "" && ops.includes(node.op) ? node : undefined;
  }

  /** The one number that a constant holds. */
  number(name: string | undefined): number | undefined {
    const term = name === undefined ? undefined : this.#net.find(name);
    const known = term?.kind === "known" ? term.known : undefined;
    // One of more axes may give them to what it is multiplied with.
    return known && known.shape.length <= 1 && known.numbers.length === 1 ? known.numbers[0] : undefined;
  }

  /** Of an operator of two inputs, the other one where one of them is about this number. */
  beside(node: OnnxNode, number: number): string | undefined {
    const [a, b] = node.inputs;
    if (isAbout(this.number(b), number)) return a;
    return isAbout(this.number(a), number) ? b : undefined;
  }

  /** What a value is a product of; undefined of more factors than any pattern has. */
  product(name: string, depth = 0): Product | undefined {
    const number = this.number(name);
    if (number !== undefined) return { number, factors: [] };
    const node = depth < DEEPEST ? this.made(name, "Mul", "Div", "Pow") : undefined;
    const inside = node && this.#inside(node, depth);
    return inside ?? { number: 1, factors: [name] };
  }

  #inside(node: OnnxNode, depth: number): Product | undefined {
    const [left, right] = node.inputs;
    const a = left === undefined ? undefined : this.product(left, depth + 1);
    if (!a || right === undefined) return undefined;
    const constant = this.number(right);
    if (node.op === "Div") return constant === undefined ? undefined : { ...a, number: a.number / constant };
    if (node.op === "Pow")
      return constant === 2 || constant === 3 ? joined(new Array<Product>(constant).fill(a)) : undefined;
    const b = this.product(right, depth + 1);
    return b && joined([a, b]);
  }
}

function joined(parts: readonly Product[]): Product | undefined {
  const factors = parts.flatMap((part) => part.factors);
  const number = parts.reduce((product, part) => product * part.number, 1);
  return factors.length <= MOST_FACTORS ? { number, factors } : undefined;
}

/** Files hold numbers in f32, rounded from more or fewer digits. */
export const isAbout = (got: number | undefined, wanted: number): boolean =>
  got !== undefined && Math.abs(got - wanted) <= 1e-5 * Math.abs(wanted);

/** Whether a product is that of a number and of these. */
export const isProduct = (product: Product | undefined, number: number, factors: readonly string[]): boolean =>
  product !== undefined &&
  isAbout(product.number, number) &&
  product.factors.length === factors.length &&
  product.factors.every((factor, i) => factor === factors[i]);
