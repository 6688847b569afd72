/** The protocol between the caller and its workers: nothing is done twice, nothing is lost, no failure goes unheard. */
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { GradCamError } from "../../src/errors.ts";
import { claim, controlOf, publish } from "../../src/wasm/control.js";
import type { StartWorker } from "../../src/wasm/crew.ts";
import { createEngine, type Engine } from "../../src/wasm/instantiate.ts";
import { along, countOf, ofThread } from "../../src/wasm/job.ts";
import type { Limits } from "../../src/wasm/team.ts";
import { codeOf } from "../support/error-code.ts";
import { threadedEngine } from "../support/threads.ts";

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.team.dispose();
});

async function team(threads: number, { start, ...limits }: Limits & { start?: StartWorker } = {}) {
  const made = await threadedEngine("simd", threads, limits, start);
  engines.push(made.engine);
  return made;
}

/** y += x over n elements, in pieces. */
function accumulate({ team }: Engine, x: number, y: number, n: number): void {
  team.run({ kernel: "accumulate", args: [along(x, 4), along(y, 4), countOf()], units: n, cost: 1 });
}

function errorOf(action: () => void): GradCamError {
  try {
    action();
  } catch (error) {
    if (error instanceof GradCamError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Joins, takes one chunk and does nothing with it. */
const startThief: StartWorker = ({ memory, thread }) => {
  const code = `
    const { workerData: { memory, thread, control: url } } = require("node:worker_threads");
    import(url).then(({ claim, controlOf, JOINED }) => {
      const control = controlOf(memory.buffer);
      Atomics.or(control.words, JOINED, 1 << thread);
      while (claim(control) < 0);
    });`;
  const control = new URL("../../src/wasm/control.js", import.meta.url).href;
  const worker = new Worker(code, { eval: true, workerData: { memory, thread, control }, execArgv: [] });
  worker.unref();
  return { terminate: () => void worker.terminate() };
};

describe("a control block", () => {
  it("hands out every chunk once, in order, and then none", () => {
    const control = controlOf(new SharedArrayBuffer(65536));
    expect(claim(control)).toBe(-1);
    for (let generation = 0; generation < 3; generation++) {
      publish(control, 5);
      expect(Array.from({ length: 6 }, () => claim(control))).toEqual([0, 1, 2, 3, 4, -1]);
    }
  });

  it("goes on when its generations begin anew", () => {
    const control = controlOf(new SharedArrayBuffer(65536));
    control.words[0] = -64;
    publish(control, 2);
    expect([claim(control), claim(control), claim(control)]).toEqual([0, 1, -1]);
  });
});

describe("a team", () => {
  it.each([2, 3, 7])("of %i adds every element once, job after job", { timeout: 120_000 }, async (threads) => {
    const { engine } = await team(threads);
    const n = 997;
    const [x, y] = [engine.heap.alloc(n * 4), engine.heap.alloc(n * 4)];
    engine.heap.f32(x, n).fill(1);
    engine.heap.f32(y, n).fill(0);
    const jobs = 20_000;
    for (let i = 0; i < jobs; i++) accumulate(engine, x, y, n);
    expect(engine.heap.f32(y, n).every((value) => value === jobs)).toBe(true);
  });

  it("row 50: fails for good when a worker traps, and says what it said", async () => {
    const { engine } = await team(2);
    const x = engine.heap.alloc(256);
    // Within the memory for the caller, far behind its end for the worker.
    const args = [ofThread(x, 2 ** 31), x, countOf()] as const;
    const error = errorOf(() => {
      for (;;) engine.team.run({ kernel: "accumulate", args, units: 64, cost: 1 });
    });
    expect(error).toMatchObject({ code: "E_WORKER", where: "engine" });
    expect(error.got).toBe("RuntimeError: memory access out of bounds");
    expect(await codeOf(() => accumulate(engine, x, x, 64))).toBe("E_WORKER");
  });

  it("row 50: is at its end when the caller traps", async () => {
    const { engine } = await team(2);
    const beyond = 2 ** 32 - 64;
    const trap = (): void =>
      engine.team.run({ kernel: "accumulate", args: [beyond, beyond, countOf()], units: 2, cost: 1 });
    expect(trap).toThrow(WebAssembly.RuntimeError);
    expect(await codeOf(() => accumulate(engine, 8192, 8192, 64))).toBe("E_WORKER");
  });

  it("fails for good when a worker that was at work ends", async () => {
    const { engine, workers } = await team(3);
    await workers.list[0]!.terminate();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await codeOf(() => accumulate(engine, 8192, 8192, 64))).toBe("E_WORKER");
  });

  it("waits only so long for a worker that took a chunk and was never seen again", async () => {
    const { engine, workers } = await team(2, { patience: 200, start: startThief });
    const x = engine.heap.alloc(256);
    const error = errorOf(() => {
      for (;;) accumulate(engine, x, x, 64);
    });
    expect(error).toMatchObject({ code: "E_WORKER", got: "no progress in 0.2 s" });
    expect(workers.list).toHaveLength(0);
  });

  it("does without workers that cannot be started, and says why", async () => {
    const start: StartWorker = () => {
      throw new Error("no workers here");
    };
    const engine = await createEngine("simd", { threads: { threads: 4, start, limits: { job: 1 } } });
    const [x, y] = [engine.heap.alloc(256), engine.heap.alloc(256)];
    engine.heap.f32(x, 64).fill(1);
    engine.heap.f32(y, 64).fill(0);
    accumulate(engine, x, y, 64);
    expect(engine.heap.f32(y, 64).every((value) => value === 1)).toBe(true);
    expect(engine.team).toMatchObject({ threads: 1, note: "no workers here" });
  });

  it("goes on alone after it was disposed of", async () => {
    const { engine } = await team(3);
    engine.team.dispose();
    const [x, y] = [engine.heap.alloc(256), engine.heap.alloc(256)];
    engine.heap.f32(x, 64).fill(1);
    engine.heap.f32(y, 64).fill(0);
    accumulate(engine, x, y, 64);
    await new Promise((resolve) => setTimeout(resolve, 50));
    accumulate(engine, x, y, 64);
    expect(engine.heap.f32(y, 64).every((value) => value === 2)).toBe(true);
    expect(engine.team.threads).toBe(1);
  });
});
