/**
 * Prints milliseconds of one forward pass and of methods that need many, on the embedded model with one and with two threads.
 * Before anything is timed, two threads must give the bytes of one, and methods together what each gives alone.
 */
import {
  explain,
  explainMany,
  type HostTensor,
  loadModel,
  type MethodName,
  type Model,
  prepare,
  readImage,
} from "gradcam-wasm";
import { joined } from "../contenders/contender.ts";
import { median } from "../statistics.ts";
import { time, warmUp } from "../timing.ts";

/** By round, milliseconds of one run; the lanes of a round follow each other, a slow one sits out the last rounds. */
export type MethodTimes = Readonly<Record<Lane, readonly number[]>>;
export type Lane = keyof ReturnType<typeof lanesOf>;

/** One backward pass serves them all. */
const EIGHT: readonly MethodName[] = [
  "grad-cam",
  "grad-cam++",
  "hirescam",
  "grad-cam-elementwise",
  "xgrad-cam",
  "layer-cam",
  "eigen-cam",
  "eigen-grad-cam",
];
const FIVE = ["top-1", "top-2", "top-3", "top-4", "top-5"] as const;
/** Masks of the lanes that are counted by mask. */
const MASKS = 64;

/** Of each lane in a round; their median counts. */
const RUNS = 3;
/** Takes ten seconds and more. */
const LONG = "score-cam, all channels";
const LONG_ROUNDS = 3;

type Raws = () => Promise<Float32Array>;

function lanesOf(model: Model, input: HostTensor) {
  const raws = async (...[options]: OptionsOfMany): Promise<Float32Array> =>
    joined((await explainMany(model, input, options)).map(({ raw }) => raw.data));
  return {
    forward: async () => Object.values(await model.run(input))[0]!.data,
    "grad-cam": () => raws({ methods: ["grad-cam"] }),
    "ablation-cam": () => raws({ methods: ["ablation-cam"] }),
    "eight methods, five classes": () => raws({ methods: EIGHT, targets: FIVE }),
    "score-cam, 64 channels": () => raws({ methods: ["score-cam"], maxN: MASKS }),
    "score-cam, all channels": () => raws({ methods: ["score-cam"] }),
    "rise, 64 masks": () => raws({ methods: ["rise"], samples: MASKS }),
  } satisfies Record<string, Raws>;
}

type OptionsOfMany = [Parameters<typeof explainMany>[2]];

const same = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

async function check(name: string, one: Promise<Float32Array>, other: Promise<Float32Array>): Promise<void> {
  if (!same(await one, await other)) throw new Error(`${name}: another answer`);
}

/** Each method asked alone, each class alone. */
async function oneByOne(model: Model, input: HostTensor): Promise<Float32Array> {
  const maps: Float32Array[] = [];
  for (const target of FIVE) {
    for (const method of EIGHT) maps.push((await explain(model, input, { method, target })).raw.data);
  }
  return joined(maps);
}

const threads = Number(process.argv[2]);
const rounds = Number(process.argv[3]);
const [plain, model] = [
  await loadModel(undefined, { engine: { threads: 1 } }),
  await loadModel(undefined, { engine: { threads } }),
];
if (model.engine.threads !== threads) throw new Error(model.engine.threadsNote ?? "other threads than asked for");
const input = prepare(model, await readImage("examples/cat.jpg"));
const [expected, lanes] = [lanesOf(plain, input), lanesOf(model, input)];
const names = Object.keys(lanes) as Lane[];
if (threads > 1) for (const name of names) await check(name, expected[name](), lanes[name]());
await check("methods together", lanes["eight methods, five classes"](), oneByOne(model, input));
plain.dispose();
for (const name of ["forward", "grad-cam"] as const) await warmUp(lanes[name], { least: 20, most: 100, window: 5 });
const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Lane, number[]>;
for (let round = 0; round < rounds; round++) {
  for (const name of names) {
    const long = name === LONG;
    if (long && round >= LONG_ROUNDS) continue;
    // The first run finds its pages and caches gone to the lane before.
    if (!long) await lanes[name]();
    const runs = await time([lanes[name]], long ? 1 : RUNS);
    times[name].push(median(runs[0]!));
  }
}
model.dispose();
process.stdout.write(JSON.stringify(times));
