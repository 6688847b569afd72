/** One forward pass held open for many questions. */
import type { Execution } from "./graph/execute.ts";
import type { ValueId } from "./graph/graph.ts";
import type { PlanRequest } from "./graph/plan.ts";
import type { EngineRoom } from "./session.ts";
import type { HostTensor } from "./tensor.ts";

/** Gradients of so many scores are computed at a time: weights that do not fit a cache are then read once for all of them. */
export const MAX_SEEDS = 16;

/** d(score)/d(logits); a number stands for the logit of that class as the score. */
export type Seed = Float32Array | number;

/** What is asked about a layer: its gradient, or only the mean of that over positions. */
export type Reads = "gradient" | "meanGradient";

interface Asking {
  readonly room: EngineRoom;
  readonly layers: ReadonlyMap<string, ValueId>;
  readonly logits: ValueId;
  /** Scores at a time. */
  readonly batch: number;
}

/** Backward from the scores to a shift of a layer (graph/passes/uniform-shift.ts). */
interface Head {
  readonly execution: Execution;
  readonly shift: ValueId;
  readonly positions: number;
}

/** Plans of backward alone. They may lie where the forward pass does. */
interface Backward {
  /** Where means of gradients are enough and every layer has a head. */
  readonly heads?: ReadonlyMap<string, Head>;
  /** Whole gradients of several scores at a time. */
  readonly several?: Execution;
}

interface Prepared {
  readonly request: Omit<PlanRequest, "batch">;
  readonly backward: Backward;
}

/** Inside `exclusive`: the plans that answer, and what forward must keep for them. */
export async function prepareBackward(asking: Asking & { readonly reads: Reads }): Promise<Prepared> {
  const { room, layers, logits, batch, reads } = asking;
  const wrt = [...layers.values()];
  if (layers.size === 0) return { request: { keep: [logits], wrt }, backward: {} };
  const heads = reads === "meanGradient" ? await prepareHeads(asking) : undefined;
  if (heads) {
    const read = [...heads.values()].flatMap(({ execution }) => execution.readByBackward);
    return { request: { keep: [logits, ...wrt, ...read], wrt: [] }, backward: { heads } };
  }
  const request = { keep: [logits, ...wrt], wrt, seed: logits };
  if (batch === 1) return { request, backward: {} };
  const several = await room.execution({ batch, keep: [], wrt, seed: logits, backwardOnly: true });
  return { request, backward: { several } };
}

/** Undefined unless every layer has a head. */
async function prepareHeads({ room, layers, logits, batch }: Asking): Promise<Map<string, Head> | undefined> {
  const heads = new Map<string, Head>();
  for (const [name, layer] of layers) {
    const shift = room.shift(layer, logits);
    if (!shift) return undefined;
    const request = { batch, keep: [], wrt: [shift.value], seed: logits, backwardOnly: true } as const;
    const execution = await room.execution(request, { shift });
    heads.set(name, { execution, shift: shift.value, positions: shift.positions });
  }
  return heads;
}

/** Valid only inside `Model.ask`. */
export class Answers {
  /** Class scores before the softmax, row-major [batch, classes]. */
  readonly logits: Float32Array;
  readonly #room: EngineRoom;
  readonly #execution: Execution;
  readonly #backward: Backward;
  readonly #layers: ReadonlyMap<string, ValueId>;
  readonly #activations: ReadonlyMap<string, HostTensor>;

  /** @param execution has just run forward */
  constructor({
    room,
    execution,
    backward,
    logits,
    layers,
  }: Asking & { readonly execution: Execution; readonly backward: Backward }) {
    this.#room = room;
    this.#execution = execution;
    this.#backward = backward;
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
  gradients(seeds: readonly Seed[]): Map<string, HostTensor>[] {
    const { several } = this.#backward;
    if (several && seeds.length > 1) return this.#together(several, seeds);
    const classes = this.logits.length;
    const rows = new Float32Array(classes);
    return seeds.map((seed) => {
      writeRows([seed], classes, 1, rows);
      this.#execution.backward(rows);
      return new Map([...this.#layers].map(([name, id]) => [name, this.#execution.readGradient(id)]));
    });
  }

  /** By layer, for every seed the mean over positions of the layer's gradient. In place of `gradients`, and like it once. */
  meanGradients(seeds: readonly Seed[]): Map<string, Float32Array[]> {
    const { heads } = this.#backward;
    if (heads) return this.#throughHeads(heads, seeds);
    const gradients = this.gradients(seeds);
    const means = (name: string): Float32Array[] => gradients.map((ofLayers) => meanOverPositions(ofLayers.get(name)!));
    return new Map([...this.#layers.keys()].map((name) => [name, means(name)]));
  }

  /** Σₖ weights[k]·Aᵏ of a layer at every position, for each of the lists of weights. */
  weightedSums(layer: string, weights: readonly Float32Array[]): Float32Array[] {
    const { data, shape } = this.activation(layer);
    const channels = shape.at(-1)!;
    return this.#room.product(weights, split(data, channels));
  }

  #throughHeads(heads: ReadonlyMap<string, Head>, seeds: readonly Seed[]): Map<string, Float32Array[]> {
    const saved = new Map([...heads].map(([name, { execution }]) => [name, this.#save(execution)]));
    return new Map(
      [...heads].map(([name, head]) => [name, meansOfHead(head, saved.get(name)!, seeds, this.logits.length)]),
    );
  }

  #together(several: Execution, seeds: readonly Seed[]): Map<string, HostTensor>[] {
    restore(several, this.#save(several));
    const all: Map<string, HostTensor>[] = [];
    const classes = this.logits.length;
    const rows = new Float32Array(several.batch * classes);
    for (let first = 0; first < seeds.length; first += several.batch) {
      const some = seeds.slice(first, first + several.batch);
      writeRows(some, classes, 1, rows);
      several.backward(rows);
      const gradients = [...this.#layers].map(([name, id]) => [name, several.readGradient(id)] as const);
      all.push(...some.map((_, i) => new Map(gradients.map(([name, tensor]) => [name, sample(tensor, i)]))));
    }
    return all;
  }

  /** What a plan of backward alone reads of the forward pass. */
  #save(execution: Execution): Saved {
    return execution.readByBackward.map((id) => [id, this.#execution.read(id).data] as const);
  }
}

type Saved = readonly (readonly [ValueId, Float32Array])[];

/** The same picture for every score of a batch. */
function restore(execution: Execution, saved: Saved): void {
  for (const [id, values] of saved) execution.write(id, repeated(values, execution.batch));
}

/** The gradient of a score by a shift is the sum of the layer's gradient over positions: seeds are divided by their number. */
function meansOfHead(
  { execution, shift, positions }: Head,
  saved: Saved,
  seeds: readonly Seed[],
  classes: number,
): Float32Array[] {
  restore(execution, saved);
  const { batch } = execution;
  const channels = execution.sizeOf(shift) / batch;
  const means = new Float32Array(seeds.length * channels);
  const rows = new Float32Array(batch * classes);
  for (let first = 0; first < seeds.length; first += batch) {
    const some = seeds.slice(first, first + batch);
    writeRows(some, classes, 1 / positions, rows);
    execution.backward(rows);
    execution.readGradientInto(shift, means.subarray(first * channels, (first + some.length) * channels));
  }
  return split(means, channels);
}

/** Sums in f64, one rounding. */
function meanOverPositions({ data, shape }: HostTensor): Float32Array {
  const channels = shape.at(-1)!;
  const sums = new Float64Array(channels);
  for (let i = 0; i < data.length; i += channels) {
    for (let k = 0; k < channels; k++) sums[k] = sums[k]! + data[i + k]!;
  }
  return Float32Array.from(sums, (sum) => (sum * channels) / data.length);
}

function repeated(values: Float32Array, times: number): Float32Array {
  const result = new Float32Array(values.length * times);
  for (let i = 0; i < times; i++) result.set(values, i * values.length);
  return result;
}

/** scale·seed, row by row; further rows are zero. */
function writeRows(seeds: readonly Seed[], classes: number, scale: number, rows: Float32Array): void {
  rows.fill(0);
  seeds.forEach((seed, row) => {
    const start = row * classes;
    if (typeof seed === "number") rows[start + seed] = scale;
    else seed.forEach((value, i) => (rows[start + i] = value * scale));
  });
}

function split(data: Float32Array, length: number): Float32Array[] {
  return Array.from({ length: data.length / length }, (_, i) => data.subarray(i * length, (i + 1) * length));
}

function sample({ data, shape }: HostTensor, index: number): HostTensor {
  const length = data.length / shape[0]!;
  return { data: data.subarray(index * length, (index + 1) * length), shape: [1, ...shape.slice(1)] };
}
