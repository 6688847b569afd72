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
  readonly layers: ProfileSettings | undefined;
}

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
      layers: { type: "string" },
      work: { type: "string", default: "forward" },
      entrant: { type: "string", default: "gradcam-wasm" },
    },
  });
  const { layers, quick, resume, clean, list } = values;
  const threads = values.threads === undefined ? undefined : count("--threads", values.threads, 1);
  const chosen = positionals.map((name) => oneOf("case", name, caseNames));
  return {
    cases: chosen.length > 0 ? chosen : undefined,
    quick,
    resume,
    clean,
    list,
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
