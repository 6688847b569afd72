/** Means of gradients through heads that see a shift of a layer alone (graph/passes/uniform-shift.ts). */
import type { Execution } from "./graph/execute.ts";
import type { ValueId } from "./graph/graph.ts";
import type { EngineRoom } from "./session.ts";
import { type Seed, split, writeSeeds } from "./seed.ts";

/** Backward from the scores to a shift of a layer. */
export interface Head {
  readonly execution: Execution;
  readonly shift: ValueId;
  readonly positions: number;
}

interface Asking {
  readonly room: EngineRoom;
  readonly logits: ValueId;
  /** Scores at a time. */
  readonly batch: number;
}

/** Inside `exclusive`. Undefined for layers whose head sees more than a shift. */
export async function prepareHead({ room, logits, batch }: Asking, layer: ValueId): Promise<Head | undefined> {
  const shift = room.shift(layer, logits);
  if (!shift) return undefined;
  const request = { batch, keep: [], wrt: [shift.value], seed: logits, backwardOnly: true } as const;
  const execution = await room.execution(request, { shift });
  return { execution, shift: shift.value, positions: shift.positions };
}

/**
 * The gradient of a score by a shift is the sum of the layer's gradient over positions: seeds are divided by their number.
 * @param execution what it reads has been restored
 */
export function meansOfHead(
  { execution, shift, positions }: Head,
  seeds: readonly Seed[],
  classes: number,
): Float32Array[] {
  const { batch } = execution;
  const channels = execution.sizeOf(shift) / batch;
  const means = new Float32Array(seeds.length * channels);
  const rows = new Float32Array(batch * classes);
  for (let first = 0; first < seeds.length; first += batch) {
    const some = seeds.slice(first, first + batch);
    writeSeeds(some, classes, 1 / positions, rows);
    execution.backward(rows);
    execution.readGradientInto(shift, means.subarray(first * channels, (first + some.length) * channels));
  }
  return split(means, channels);
}
