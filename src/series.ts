/** Samples shown to the network one batch after the other: what many-forward methods and metrics are made of. */
import type { Execution } from "./graph/execute.ts";
import type { ValueId } from "./graph/graph.ts";
import type { PlanRequest } from "./graph/plan.ts";
import type { EngineRoom } from "./session.ts";

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
  readonly samples: Samples;
  /** Where samples are written … */
  readonly at: ValueId;
  /** … what else is given, the same for all of them … */
  readonly fixed?: ReadonlyMap<ValueId, Float32Array>;
  /** … and where a batch begins; before that they run one by one. Default: at the beginning. */
  readonly gathered?: ValueId | undefined;
  readonly conduct: Conduct;
}

/** Inside `exclusive`: runs forward for all samples; `visit` sees every batch and may run backward. */
export async function runSeries(run: Run, visit: (execution: Execution, first: number) => void): Promise<void> {
  const { samples, gathered, conduct } = run;
  const most = await samplesAtATime(run);
  const breathe = breather(conduct);
  for (let first = 0; first < samples.count; first += most) {
    await breathe();
    const count = Math.min(most, samples.count - first);
    const execution =
      gathered === undefined
        ? await together(run, first, count)
        : await oneByOne(run, { gathered, first, count, breathe });
    execution.forward();
    visit(execution, first);
    conduct.onProgress?.({ stage: samples.name, done: first + count, total: samples.count, unit: "samples" });
  }
}

/** As many as fit into the memory of a batch, at least one. */
async function samplesAtATime({ room, request, gathered }: Run): Promise<number> {
  const { plannedBytes } = await room.execution({
    ...request,
    ...(gathered !== undefined && { from: [gathered] }),
    batch: 1,
  });
  return Math.max(1, Math.min(MOST_SAMPLES, Math.floor(BATCH_BYTES / plannedBytes)));
}

/** Ready to run forward with some samples. */
async function together({ room, request, samples, at, fixed }: Run, first: number, count: number): Promise<Execution> {
  const execution = await room.execution({ ...request, batch: count });
  execution.fill(at, (into) => {
    const each = into.length / count;
    for (let i = 0; i < count; i++) samples.write(first + i, into.subarray(i * each, (i + 1) * each));
  });
  for (const [id, values] of fixed ?? []) execution.write(id, repeated(values, count));
  return execution;
}

interface Gathering {
  readonly gathered: ValueId;
  readonly first: number;
  readonly count: number;
  readonly breathe: () => Promise<void>;
}

/** Ready to run forward from where samples are gathered, which they have reached one by one. */
async function oneByOne(run: Run, { gathered, first, count, breathe }: Gathering): Promise<Execution> {
  const { room, request } = run;
  const reached: Float32Array[] = [];
  for (let i = 0; i < count; i++) {
    await breathe();
    const alone = await together({ ...run, request: { keep: [gathered], wrt: [] } }, first + i, 1);
    alone.forward();
    reached.push(alone.read(gathered).data);
  }
  const execution = await room.execution({ ...request, batch: count, from: [gathered] });
  execution.fill(gathered, (into) => {
    reached.forEach((values, i) => into.set(values, i * values.length));
  });
  return execution;
}

/** The same numbers for every sample of a batch. */
export function repeated(values: Float32Array, times: number): Float32Array {
  const result = new Float32Array(values.length * times);
  for (let i = 0; i < times; i++) result.set(values, i * values.length);
  return result;
}
