/** One forward pass held open for many questions, and whatever else may be asked of the network about the same picture. */
import type { Execution } from "./graph/execute.ts";
import type { Graph, ValueId } from "./graph/graph.ts";
import type { PlanRequest } from "./graph/plan.ts";
import { meansOfHead, prepareHead } from "./heads.ts";
import type { BackwardRule } from "./ops/backward-rule.ts";
import { type Seed, writeSeeds } from "./seed.ts";
import { type Conduct, repeated } from "./series.ts";
import type { EngineRoom } from "./session.ts";
import type { HostTensor } from "./tensor.ts";

/** Gradients of so many scores are computed at a time: weights that do not fit a cache are then read once for all of them. */
export const MAX_SEEDS = 16;

/** … unless more than this would be planned for them: long ways back are faster one by one, in the cache. */
const SEEDS_BYTES = 16 * 2 ** 20;

export interface Asked extends Conduct {
  readonly room: EngineRoom;
  readonly graph: Graph;
  /** What gradients are wanted by: layers, or the input under its own name. */
  readonly layers: ReadonlyMap<string, ValueId>;
  readonly logits: ValueId;
  readonly input: ValueId;
}

/** What the forward pass must leave behind. */
export function requestOf({ layers, logits }: Asked): Omit<PlanRequest, "batch"> {
  const wrt = [...layers.values()];
  return { keep: [logits, ...wrt], wrt, ...(wrt.length > 0 && { seed: logits }) };
}

/** Valid only inside `Model.ask`. */
export class Answers {
  readonly asked: Asked;
  /** Class scores before the softmax, row-major [batch, classes]. */
  readonly logits: Float32Array;
  readonly #execution: Execution;
  readonly #activations: ReadonlyMap<string, HostTensor>;
  readonly #input: Float32Array;
  /** What backward reads of the forward pass; kept from when another plan first needs the memory. */
  #kept: Map<ValueId, Float32Array> | undefined;

  /** @param execution has just run forward @param input the picture that it saw */
  constructor(asked: Asked, execution: Execution, input: Float32Array) {
    this.asked = asked;
    this.#execution = execution;
    this.#input = input;
    this.logits = execution.read(asked.logits).data;
    this.#activations = new Map([...asked.layers].map(([name, id]) => [name, execution.read(id)]));
  }

  get input(): HostTensor {
    return { data: this.#input, shape: this.asked.graph.values[this.asked.input]!.shape };
  }

  /** A layer's output. */
  activation(layer: string): HostTensor {
    return this.#activations.get(layer)!;
  }

  /** For every seed the gradients of all layers. */
  async gradients(seeds: readonly Seed[]): Promise<Map<string, HostTensor>[]> {
    const { room } = this.asked;
    const batch = this.#together(seeds.length);
    if (this.#kept === undefined && batch === 1) return this.#backward(this.#execution, seeds);
    this.keepForward();
    const execution = await room.execution({ ...requestOf(this.asked), keep: [], backwardOnly: true, batch });
    this.#restore(execution);
    return this.#backward(execution, seeds);
  }

  /** How many scores are differentiated at a time. */
  #together(seeds: number): number {
    const read = this.#execution.readByBackward.reduce((sum, id) => sum + this.#execution.sizeOf(id) * 4, 0);
    return Math.max(1, Math.min(seeds, MAX_SEEDS, Math.floor(SEEDS_BYTES / Math.max(read, 1))));
  }

  /**
   * For every seed the mean over positions of a layer's gradient, through a head that sees the layer's mean alone; undefined where
   * there is no such head.
   */
  async meansThroughHead(layer: string, seeds: readonly Seed[]): Promise<Float32Array[] | undefined> {
    this.keepForward();
    const asking = { ...this.asked, batch: Math.min(seeds.length, MAX_SEEDS) };
    const head = await prepareHead(asking, this.asked.layers.get(layer)!);
    if (!head || !this.#holds(head.execution)) return undefined;
    this.#restore(head.execution);
    return meansOfHead(head, seeds, this.logits.length);
  }

  /** For every seed the gradient by the input, by another rule at every ReLU. Throws E_METHOD. */
  async ruled(rule: BackwardRule, seeds: readonly Seed[]): Promise<Float32Array[]> {
    const { room, logits, input } = this.asked;
    this.keepForward();
    const execution = await room.execution({ batch: 1, keep: [logits], wrt: [input], seed: logits }, { rule });
    execution.write(input, this.#input);
    execution.forward();
    const rows = new Float32Array(this.logits.length);
    return seeds.map((seed) => {
      writeSeeds([seed], rows.length, 1, rows);
      execution.backward(rows);
      return execution.readGradient(input).data;
    });
  }

  /** Σₖ weights[k]·Aᵏ of a layer at every position, for each of the lists of weights. */
  weightedSums(layer: string, weights: readonly Float32Array[]): Float32Array[] {
    return this.asked.room.product(weights, this.activation(layer).data);
  }

  /** To be called before another plan runs: they all lie in the same memory. */
  keepForward(): void {
    this.#kept ??= new Map(this.#execution.readByBackward.map((id) => [id, this.#execution.read(id).data] as const));
  }

  #backward(execution: Execution, seeds: readonly Seed[]): Map<string, HostTensor>[] {
    const all: Map<string, HostTensor>[] = [];
    const { batch } = execution;
    const classes = this.logits.length;
    const rows = new Float32Array(batch * classes);
    for (let first = 0; first < seeds.length; first += batch) {
      const some = seeds.slice(first, first + batch);
      writeSeeds(some, classes, 1, rows);
      execution.backward(rows);
      const gradients = [...this.asked.layers].map(([name, id]) => [name, execution.readGradient(id)] as const);
      all.push(...some.map((_, i) => new Map(gradients.map(([name, tensor]) => [name, sample(tensor, i)]))));
    }
    return all;
  }

  /** The same picture for every score of a batch. */
  #restore(execution: Execution): void {
    for (const id of execution.readByBackward) execution.write(id, repeated(this.#kept!.get(id)!, execution.batch));
  }

  #holds(execution: Execution): boolean {
    return execution.readByBackward.every((id) => this.#kept!.has(id));
  }
}

function sample({ data, shape }: HostTensor, index: number): HostTensor {
  const length = data.length / shape[0]!;
  return { data: data.subarray(index * length, (index + 1) * length), shape: [1, ...shape.slice(1)] };
}
