/** Samples shown to the network one batch after the other: what many-forward methods and metrics are made of. */
import type { Execution } from "./graph/execute.ts";
import type { ValueId } from "./graph/graph.ts";
import type { PlanRequest } from "./graph/plan.ts";
import type { EngineRoom, Manner } from "./session.ts";

export interface Progress {
  /** What is being done, in words. */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly unit: "samples";
}

/** How a long question is accompanied. */
export interface Conduct {
  readonly signal?: AbortSignal | undefined;
  /** Called between batches. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Samples made one at a time. */
export interface Samples {
  readonly name: string;
  readonly count: number;
  readonly write: (index: number, into: Float32Array) => void;
}

/** Planned memory of a batch: more samples at a time gain little once weights are read for eight of them. */
const BATCH_BYTES = 128 * 2 ** 20;
const MOST_SAMPLES = 8;

/**
 * What long work awaits now and then: throws when the call was aborted, and after some time without a pause lets the event loop
 * have its turn.
 */
export function breather({ signal }: Conduct): () => Promise<void> {
  let resumed = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - resumed < PATIENCE) return;
    await new Promise((resolve) => setTimeout(resolve));
    resumed = performance.now();
    signal?.throwIfAborted();
  };
}

/** Milliseconds after which the event loop gets its turn, so that an abort can arrive and a page can paint. */
const PATIENCE = 50;

interface Run {
  readonly room: EngineRoom;
  readonly request: Omit<PlanRequest, "batch">;
  readonly manner?: Manner;
  readonly samples: Samples;
  /** Where samples are written … */
  readonly at: ValueId;
  /** … and what else is given, the same for all of them. */
  readonly fixed?: ReadonlyMap<ValueId, Float32Array>;
  readonly conduct: Conduct;
}

/** Inside `exclusive`: runs forward for all samples; `visit` sees every batch and may run backward. */
export async function runSeries(run: Run, visit: (execution: Execution, first: number) => void): Promise<void> {
  const { room, request, manner, samples, at, fixed = new Map<ValueId, Float32Array>(), conduct } = run;
  const most = await samplesAtATime(run);
  const breathe = breather(conduct);
  for (let first = 0; first < samples.count; first += most) {
    await breathe();
    const execution = await room.execution({ ...request, batch: Math.min(most, samples.count - first) }, manner);
    execution.write(at, written(samples, first, execution.batch, execution.sizeOf(at)));
    for (const [id, values] of fixed) execution.write(id, repeated(values, execution.batch));
    execution.forward();
    visit(execution, first);
    conduct.onProgress?.({ stage: samples.name, done: first + execution.batch, total: samples.count, unit: "samples" });
  }
}

/** As many as fit into the memory of a batch, at least one. */
async function samplesAtATime({ room, request, manner }: Run): Promise<number> {
  const { plannedBytes } = await room.execution({ ...request, batch: 1 }, manner);
  return Math.max(1, Math.min(MOST_SAMPLES, Math.floor(BATCH_BYTES / plannedBytes)));
}

function written({ write }: Samples, first: number, count: number, length: number): Float32Array {
  const values = new Float32Array(length);
  const each = length / count;
  for (let i = 0; i < count; i++) write(first + i, values.subarray(i * each, (i + 1) * each));
  return values;
}

/** The same numbers for every sample of a batch. */
export function repeated(values: Float32Array, times: number): Float32Array {
  const result = new Float32Array(values.length * times);
  for (let i = 0; i < times; i++) result.set(values, i * values.length);
  return result;
}
