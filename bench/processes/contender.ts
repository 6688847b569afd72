/** Hosts one contender and does what the messages of remote.ts ask for. Arguments: its name, its setting as JSON. */
import { AbsentError, type Engine, type Setting, type Work } from "../contenders/contender.ts";
import { contenders } from "../contenders/index.ts";
import { readInput } from "../networks/open.ts";
import type { Calls, Packed, Request, Response } from "../remote.ts";
import { time, warmUp } from "../timing.ts";

const [name = "", setting = "{}"] = process.argv.slice(2);
const contender = contenders[name];
let engine: Engine | undefined;

function here(): NonNullable<typeof contender> {
  if (!contender) throw new AbsentError(`contenders/index.ts has no ${name}`);
  return contender;
}

function loaded(): Engine {
  if (!engine) throw new Error("load comes first");
  return engine;
}

function workOf(work: Work): () => Promise<Float32Array> {
  const does = loaded().work[work];
  if (!does) throw new Error(`${work} is not possible with this engine`);
  return does;
}

const calls: Calls = {
  prepare: async (network) => {
    await here().prepare?.(network);
    return null;
  },
  async load(network) {
    const input = await readInput(network);
    const begun = performance.now();
    const {
      description,
      work,
      cannot = {},
    } = (engine = await here().load(network, input, JSON.parse(setting) as Setting));
    return { description, loadMs: performance.now() - begun, work: Object.keys(work) as Work[], cannot };
  },
  logits: () => loaded().logits(),
  answer: (work) => workOf(work)(),
  warmUp: (work, settings) => warmUp(workOf(work), settings),
  time: (works, runs) => time(works.map(workOf), runs),
  // libuv counts resident memory in KiB.
  usage: () => Promise.resolve({ peakRss: process.resourceUsage().maxRSS * 1024, ...loaded().bytes?.() }),
};

const reply = (response: Response): void => void process.send?.(response);

const packed = ({ buffer, byteOffset, byteLength }: Float32Array): Packed => ({
  float32: Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
});

process.on("message", ({ id, call, options }: Request) => {
  const answer = calls[call] as (...options: readonly unknown[]) => Promise<unknown>;
  Promise.resolve()
    .then(() => answer(...options))
    .then(
      (result) => reply({ id, result: result instanceof Float32Array ? packed(result) : result }),
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        reply({ id, error: text, absent: error instanceof AbsentError });
      },
    );
});
