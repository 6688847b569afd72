/** One forward pass held open for many questions. */
import type { Execution } from "./graph/execute.ts";
import type { ValueId } from "./graph/graph.ts";
import type { HostTensor } from "./tensor.ts";

/** Gradients of so many scores are computed at a time: weights that do not fit a cache are then read once for all of them. */
export const MAX_SEEDS = 16;

/** Valid only inside `Model.ask`. */
export class Answers {
  /** Class scores before the softmax, row-major [batch, classes]. */
  readonly logits: Float32Array;
  readonly #execution: Execution;
  readonly #several: Execution | undefined;
  readonly #layers: ReadonlyMap<string, ValueId>;
  readonly #activations: ReadonlyMap<string, HostTensor>;

  /**
   * @param execution has just run forward
   * @param several a plan of backward alone for up to MAX_SEEDS scores at a time; it may lie where `execution` does
   */
  constructor(
    execution: Execution,
    several: Execution | undefined,
    logits: ValueId,
    layers: ReadonlyMap<string, ValueId>,
  ) {
    this.#execution = execution;
    this.#several = several;
    this.#layers = layers;
    this.logits = execution.read(logits).data;
    this.#activations = new Map([...layers].map(([name, id]) => [name, execution.read(id)]));
  }

  /** A layer's output. */
  activation(layer: string): HostTensor {
    return this.#activations.get(layer)!;
  }

  /**
   * For every seed, d(score)/d(logits), the gradients of all layers. To be called once, with all seeds: backward for
   * several scores at a time leaves nothing of the forward pass behind.
   */
  gradients(seeds: readonly Float32Array[]): Map<string, HostTensor>[] {
    if (this.#several && seeds.length > 1) return this.#together(this.#several, seeds);
    return seeds.map((seed) => {
      this.#execution.backward(seed);
      return new Map([...this.#layers].map(([name, id]) => [name, this.#execution.readGradient(id)]));
    });
  }

  #together(several: Execution, seeds: readonly Float32Array[]): Map<string, HostTensor>[] {
    const saved = several.readByBackward.map((id) => [id, this.#execution.read(id).data] as const);
    for (const [id, values] of saved) several.write(id, repeated(values, several.batch));
    const all: Map<string, HostTensor>[] = [];
    for (let first = 0; first < seeds.length; first += several.batch) {
      const some = seeds.slice(first, first + several.batch);
      several.backward(joined(some, several.batch));
      const gradients = [...this.#layers].map(([name, id]) => [name, several.readGradient(id)] as const);
      all.push(...some.map((_, i) => new Map(gradients.map(([name, tensor]) => [name, sample(tensor, i)]))));
    }
    return all;
  }
}

function repeated(values: Float32Array, times: number): Float32Array {
  const result = new Float32Array(values.length * times);
  for (let i = 0; i < times; i++) result.set(values, i * values.length);
  return result;
}

/** Seeds row by row; rows that are not wanted stay zero. */
function joined(seeds: readonly Float32Array[], rows: number): Float32Array {
  const length = seeds[0]!.length;
  const result = new Float32Array(rows * length);
  seeds.forEach((seed, row) => {
    result.set(seed, row * length);
  });
  return result;
}

function sample({ data, shape }: HostTensor, index: number): HostTensor {
  const length = data.length / shape[0]!;
  return { data: data.subarray(index * length, (index + 1) * length), shape: [1, ...shape.slice(1)] };
}
