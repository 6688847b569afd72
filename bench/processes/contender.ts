/** Hosts one contender and does what the messages of remote.ts ask for. */
import { AbsentError, type Engine, type Work } from "../contenders/contender.ts";
import { type ContenderName, contenders } from "../contenders/index.ts";
import type { Calls, Request, Response } from "../remote.ts";
import { time, warmUp } from "../timing.ts";

const contender = contenders[process.argv[2] as ContenderName];
let engine: Engine | undefined;

function loaded(): Engine {
  if (!engine) throw new Error("load comes first");
  return engine;
}

function workOf(name: Work): () => Promise<unknown> {
  const work = loaded().work[name];
  if (!work) throw new Error(`${name} is not possible with this engine`);
  return work;
}

const calls: Calls = {
  async load(network, input) {
    const begun = performance.now();
    const { description, work } = (engine = await contender.load(network, input));
    return { description, loadMs: performance.now() - begun, work: Object.keys(work) as Work[] };
  },
  logits: async () => Float32Array.from(await loaded().logits()),
  warmUp: (work, settings) => warmUp(workOf(work), settings),
  time: (works, runs) => time(works.map(workOf), runs),
  // libuv counts resident memory in KiB.
  usage: () => Promise.resolve({ peakRss: process.resourceUsage().maxRSS * 1024, ...loaded().bytes?.() }),
};

const reply = (response: Response): void => void process.send?.(response);

process.on("message", ({ id, call, options }: Request) => {
  const answer = calls[call] as (...options: readonly unknown[]) => Promise<unknown>;
  answer(...options).then(
    (result) => reply({ id, result }),
    (error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      reply({ id, error: text, absent: error instanceof AbsentError });
    },
  );
});
