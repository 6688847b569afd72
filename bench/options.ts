/** The command line of `npm run bench`. */
import { parseArgs } from "node:util";
import { type CaseName, caseNames } from "./cases/index.ts";
import type { Isa } from "./hosts.ts";
import { PROFILED_BUILDS, PROFILED_WORKS, type ProfileSettings } from "./layers/profile.ts";
import { networks } from "./networks/index.ts";

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
      build: { type: "string", default: "auto" },
    },
  });
  const { layers, quick, resume, clean, list } = values;
  const chosen = positionals.map((name) => oneOf("case", name, caseNames));
  return {
    cases: chosen.length > 0 ? chosen : undefined,
    quick,
    resume,
    clean,
    list,
    cpu: count("--cpu", values.cpu, 0),
    threads: values.threads === undefined ? undefined : count("--threads", values.threads, 1),
    isa: values.isa === undefined ? undefined : oneOf("--isa", values.isa, ["native", "avx2"] as const),
    layers: layers === undefined ? undefined : profileSettings(layers, values.work, values.build, quick),
  };
}

function profileSettings(network: string, work: string, build: string, quick: boolean): ProfileSettings {
  return {
    network: oneOf("--layers", network, Object.keys(networks)),
    work: oneOf("--work", work, PROFILED_WORKS),
    build: oneOf("--build", build, PROFILED_BUILDS),
    runs: quick ? 10 : 30,
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
