/** The command line of `npm run bench`. */
import { parseArgs } from "node:util";
import { type CaseName, caseNames } from "./cases/index.ts";
import { type EntrantName, entrants } from "./contenders/entrants.ts";
import type { Isa } from "./hosts.ts";
import { PROFILED_WORKS, type ProfileSettings } from "./layers/profile.ts";
import { networks } from "./networks/index.ts";

/** Those whose operators can be looked at. */
const OURS = (Object.keys(entrants) as EntrantName[]).filter((name) => entrants[name].contender === "gradcam-wasm");

export interface Options {
  /** Undefined: the default ones. */
  readonly cases: readonly CaseName[] | undefined;
  readonly quick: boolean;
  readonly cpu: number;
  /** Undefined: one and two. */
  readonly threads: number | undefined;
  /** Undefined: all that make a difference. */
  readonly isa: Isa | undefined;
  /** Leave out what was measured at this commit. */
  readonly resume: boolean;
  readonly clean: boolean;
  readonly list: boolean;
  readonly help: boolean;
  readonly layers: ProfileSettings | undefined;
}

/** What --help prints. */
export const usage = (): string => `npm run bench -- [case…] [options]
npm run bench -- --layers NETWORK [options]

Without options: every case with one and two threads, with all instructions of the CPU and with AVX-512 hidden (hours).
Cases: ${caseNames.join(", ")}
  --quick            few rounds of what is promised, against onnxruntime-node and tfjs wasm: under five minutes
  --threads N        only with so many threads
  --isa native|avx2  only with all instructions, or with nothing wider than AVX2 shown to any engine
  --resume           leave out what was measured at this commit
  --list             print what would be measured
  --cpu N            the first CPU to pin engines to (default: 0)
  --clean            delete the networks' files that were written for the engines

--layers ${Object.keys(networks).join("|")}
  where the time goes, operator by operator; with
  --work ${PROFILED_WORKS.join("|")}   --entrant ${OURS.map((name) => `"${name}"`).join("|")}

bench/README.md explains the cases and how to read the results.`;

/** Throws with the choices. */
export function readOptions(words: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      cpu: { type: "string", default: "0" },
      threads: { type: "string" },
      isa: { type: "string" },
      resume: { type: "boolean", default: false },
      clean: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      layers: { type: "string" },
      work: { type: "string", default: "forward" },
      entrant: { type: "string", default: "gradcam-wasm" },
    },
  });
  const { layers, quick, resume, clean, list, help } = values;
  const threads = values.threads === undefined ? undefined : count("--threads", values.threads, 1);
  const chosen = positionals.map((name) => oneOf("case", name, caseNames));
  return {
    cases: chosen.length > 0 ? chosen : undefined,
    quick,
    resume,
    clean,
    list,
    help,
    cpu: count("--cpu", values.cpu, 0),
    threads,
    isa: values.isa === undefined ? undefined : oneOf("--isa", values.isa, ["native", "avx2"] as const),
    layers:
      layers === undefined
        ? undefined
        : {
            network: oneOf("--layers", layers, Object.keys(networks)),
            work: oneOf("--work", values.work, PROFILED_WORKS),
            entrant: oneOf("--entrant", values.entrant, OURS),
            threads: threads ?? 1,
            runs: quick ? 10 : 30,
          },
  };
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`${option} ${value}: expected one of ${choices.join(", ")}`);
  return found;
}

function count(option: string, value: string, least: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`${option} ${value}: expected an integer ≥ ${least}`);
}
