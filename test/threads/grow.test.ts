/** Shared memory grows in one thread while others start on it, sleep or work: all of them must see all of it. */
import { it } from "vitest";
import { createEngine, type Engine } from "../../src/wasm/instantiate.ts";
import { along, countOf } from "../../src/wasm/job.ts";
import { nodeWorkers, threadedEngine } from "../support/threads.ts";

const THREADS = 3;
const ROUNDS = 100;
/** Bytes of a block: from 256 floats on, copyBlock is memory.copy, which traps behind the end that an instance knows of. */
const BLOCK = 4096;

/** Copies the last blocks of the memory in as many pieces. */
function copyAtTheEnd({ heap, team }: Engine): void {
  const from = heap.alloc(BLOCK * 8);
  const to = heap.alloc(BLOCK * 8);
  const args = [along(from, BLOCK), along(to, BLOCK), countOf(), BLOCK / 4, BLOCK / 4, BLOCK / 4] as const;
  for (let i = 0; i < 50; i++) team.run({ kernel: "copyBlock", args, units: 8, cost: 1 });
}

const until = (ms: number, work: () => void): void => {
  for (const end = performance.now() + ms; performance.now() < end;) work();
};

it("is seen by workers that work while it grows", { timeout: 120_000 }, async () => {
  const { engine } = await threadedEngine("simd", THREADS);
  for (let round = 0; round < ROUNDS; round++) {
    engine.heap.alloc(2 ** 20);
    copyAtTheEnd(engine);
  }
  engine.team.dispose();
});

it("is seen by workers that start while it grows", { timeout: 240_000 }, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { start, list } = nodeWorkers();
    const engine = await createEngine("simd", { threads: { threads: THREADS, start, limits: { job: 1 } } });
    const ptr = engine.heap.alloc(256);
    const job = { kernel: "relu", args: [along(ptr, 4), along(ptr, 4), countOf(), 0, 0], units: 64, cost: 1 } as const;
    engine.heap.f32(ptr, 64).fill(0);
    engine.team.run(job);
    // Starting takes 10 to 40 ms, so one of the rounds grows at every moment of it.
    const moment = (round * 7919) % 60;
    until(moment, () => engine.team.run(job));
    engine.heap.alloc(engine.heap.memory.buffer.byteLength);
    copyAtTheEnd(engine);
    until(60 - moment, () => engine.team.run(job));
    copyAtTheEnd(engine);
    engine.team.dispose();
    await Promise.all(list.map((worker) => worker.terminate()));
  }
});
