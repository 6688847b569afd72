/** Engines and models whose workers are known to be there, and workers that can be counted and killed. */
import { SHARE_ENV, Worker } from "node:worker_threads";
import type { Graph } from "../../src/graph/graph.ts";
import { createModelOn, loadModelOn, type ModelOptions, type Platform } from "../../src/load-model.ts";
import type { Model } from "../../src/model.ts";
import { fileSource } from "../../src/node/file-source.ts";
import { controlOf, JOINED } from "../../src/wasm/control.js";
import type { StartWorker } from "../../src/wasm/crew.ts";
import { type Build, createEngine, type Engine } from "../../src/wasm/instantiate.ts";
import type { Limits } from "../../src/wasm/team.ts";

/** Starts workers as node.ts does. */
export interface Workers {
  readonly start: StartWorker;
  readonly list: Worker[];
  /** Resolves when all that were started are ready. */
  joined(): Promise<void>;
}

export function nodeWorkers(): Workers {
  const list: Worker[] = [];
  let memory: WebAssembly.Memory | undefined;
  const start: StartWorker = (post, ended) => {
    memory = post.memory;
    const entry = new URL("../../src/node-worker.js", import.meta.url);
    const worker = new Worker(entry, { workerData: post, execArgv: [], env: SHARE_ENV });
    worker.on("error", (error) => ended(error.message));
    worker.on("exit", (code) => ended(`ended with code ${code}`));
    worker.unref();
    list.push(worker);
    return { terminate: () => void worker.terminate() };
  };
  const joined = async (): Promise<void> => {
    if (!memory) throw new Error("no worker was started");
    const all = 2 ** (list.length + 1) - 2;
    const { words } = controlOf(memory.buffer);
    while (Atomics.load(words, JOINED) !== all) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  return { start, list, joined };
}

/** An engine that shares even the smallest jobs, all workers at hand. */
export async function threadedEngine(
  build: Build,
  threads: number,
  limits: Limits = {},
  start?: StartWorker,
): Promise<{ engine: Engine; workers: Workers }> {
  const workers = nodeWorkers();
  const engine = await createEngine(build, {
    threads: { threads, start: start ?? workers.start, limits: { job: 1, ...limits } },
  });
  const ptr = engine.heap.alloc(64);
  engine.heap.f32(ptr, 16).fill(0);
  engine.team.run({ kernel: "relu", args: [ptr, ptr, 16, 0, 0], units: 16, cost: 1 });
  engine.heap.free(ptr);
  if (!start) await workers.joined();
  return { engine, workers };
}

const platformOf = ({ start }: Workers): Platform => ({
  open: (location) => fileSource(location),
  embedded: () => fileSource(new URL("../../weights/efficientnet-lite0.f16.safetensors", import.meta.url)),
  imagenetLabels: () => Promise.resolve(undefined),
  workforce: { cores: () => 2, start },
});

export interface ThreadedModel {
  readonly model: Model;
  readonly workers: Workers;
}

/** The embedded model. */
export async function threadedModel(options: ModelOptions): Promise<ThreadedModel> {
  const workers = nodeWorkers();
  return { model: await loadModelOn(platformOf(workers), undefined, options), workers };
}

export async function threadedNetwork(graph: Graph, options: ModelOptions): Promise<ThreadedModel> {
  const workers = nodeWorkers();
  return { model: await createModelOn(platformOf(workers), graph, options), workers };
}
