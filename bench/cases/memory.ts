/** Fresh processes, one engine each: how long loading takes, how long the first answer, and the most memory on the way. */
import { statSync } from "node:fs";
import type { Work } from "../contenders/contender.ts";
import type { EntrantName } from "../contenders/entrants.ts";
import { networks } from "../networks/index.ts";
import type { NetworkFiles } from "../networks/files.ts";
import type { Value } from "../record.ts";
import { Remote } from "../remote.ts";
import { median, shuffled } from "../statistics.ts";
import type { BenchCase } from "./bench-case.ts";
import { OURS } from "./field.ts";

const EXACT: EntrantName = "gradcam-wasm exact";
const QUICK: readonly EntrantName[] = [OURS, EXACT];
const ALL: readonly EntrantName[] = [
  ...QUICK,
  "onnxruntime-node",
  "tfjs-node",
  "tfjs-wasm",
  "onnxruntime-web",
  "pytorch",
  "openvino",
  "mnn",
  "ncnn",
];

const MIB = 2 ** 20;

interface Life {
  readonly loadMs: number;
  /** Of the first forward pass, or of the first Grad-CAM where the engine has it. */
  readonly firstMs: number;
  readonly work: Work;
  /** Bytes of peak resident memory after loading, and after the first answer. */
  readonly loaded: number;
  readonly answered: number;
}

export const memory: BenchCase = {
  title: "Loading and explaining VGG16 in a fresh process",
  async run({ quick, cpu }) {
    const network = await networks.vgg16();
    const lives = new Map<EntrantName, Life[]>();
    for (let i = 0; i < (quick ? 1 : 3); i++) {
      for (const name of shuffled(quick ? QUICK : ALL)) {
        const life = await live(name, network, cpu).catch((error: unknown) =>
          console.error(`  ${name}: ${String(error)}`),
        );
        if (life) lives.set(name, [...(lives.get(name) ?? []), life]);
      }
    }
    const file = statSync(network.weights).size;
    return [...ratios(lives, file), ...[...lives].flatMap(([name, times]) => plain(name, times))];
  },
};

async function live(name: EntrantName, network: NetworkFiles, cpu: number): Promise<Life> {
  const remote = new Remote(name, { cpus: String(cpu), threads: 1 });
  try {
    await remote.ask("prepare", network);
    const { loadMs, work: can } = await remote.ask("load", network);
    const loaded = (await remote.ask("usage")).peakRss;
    const work = can.includes("grad-cam") ? "grad-cam" : "forward";
    const [[firstMs] = []] = await remote.ask("time", [work], 1);
    return { loadMs, firstMs: firstMs!, work, loaded, answered: (await remote.ask("usage")).peakRss };
  } finally {
    remote.stop();
  }
}

/** What is promised of ours; the bytes of the file are those of its weights but for a header of a few kilobytes. */
function ratios(lives: ReadonlyMap<EntrantName, readonly Life[]>, file: number): Value[] {
  const value = (name: string, who: EntrantName, of: "loaded" | "answered"): Value[] => {
    const bytes = lives.get(who)?.map((life) => life[of]);
    if (!bytes) return [];
    const detail = `${(median(bytes) / MIB).toFixed(0)} MiB / ${(file / MIB).toFixed(0)} MiB`;
    return [{ name, value: median(bytes) / file, unit: "×", detail }];
  };
  return [
    ...value("load", OURS, "loaded"),
    ...value("explain", OURS, "answered"),
    ...value("explain, exact", EXACT, "answered"),
  ];
}

function plain(name: EntrantName, lives: readonly Life[]): Value[] {
  const middle = (key: "loadMs" | "firstMs" | "answered"): number => median(lives.map((life) => life[key]));
  const detail = `${lives.length} processes`;
  return [
    { name: `${name}: load`, value: middle("loadMs"), unit: "ms", detail },
    { name: `${name}: first ${lives[0]!.work}`, value: middle("firstMs"), unit: "ms", detail },
    { name: `${name}: peak RSS`, value: middle("answered") / MIB, unit: "MiB", detail },
  ];
}
