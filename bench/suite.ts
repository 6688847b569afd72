/** Which measurements a command line asks for: each stands for itself, takes less than ten minutes and is written at once. */
import { measurements, races, type CaseName } from "./cases/index.ts";
import type { Sitting } from "./cases/race.ts";
import type { Isa } from "./hosts.ts";
import type { Options } from "./options.ts";

export type Task = { readonly name: string; readonly case: CaseName } & (
  { readonly kind: "race"; readonly sitting: Sitting } | { readonly kind: "values" }
);

/** What a quick look leaves out: nothing is promised of it. */
const FULL_ONLY: readonly CaseName[] = [
  "mobilenet",
  "conv3-2",
  "small-cnn",
  "vgg16-builds",
  "efficientnet-lite0-builds",
  "methods",
];
/** Only when it is named. */
const ON_REQUEST: readonly CaseName[] = ["kernels"];
/** Promises are made of these with two threads as well. */
const QUICK_TWO_THREADS: readonly CaseName[] = ["vgg16", "efficientnet-lite0"];
/** Ours alone, or a single operator: with one thread and all instructions. */
const ONE_SITTING: readonly CaseName[] = ["vgg16-builds", "efficientnet-lite0-builds"];

/** @param wide whether this CPU has vectors that hiding takes away */
export function tasksOf({ cases, quick, threads, isa }: Options, wide: boolean): Task[] {
  const chosen = cases ?? defaultCases(quick);
  return chosen.flatMap((name): Task[] => {
    if (!(name in races)) return [{ kind: "values", case: name, name }];
    const counts = threads === undefined ? threadCounts(name, quick) : [threads];
    const isas: readonly Isa[] = isa === undefined ? instructionSets(name, quick, wide) : [isa];
    return isas.flatMap((one) =>
      counts.map((count): Task => {
        const sitting = { threads: count, isa: one };
        return { kind: "race", case: name, name: `${name}.${count}t.${one}`, sitting };
      }),
    );
  });
}

function defaultCases(quick: boolean): CaseName[] {
  const all = [...Object.keys(races), ...Object.keys(measurements)] as CaseName[];
  return all.filter((name) => !ON_REQUEST.includes(name) && !(quick && FULL_ONLY.includes(name)));
}

function threadCounts(name: CaseName, quick: boolean): number[] {
  if (ONE_SITTING.includes(name)) return [1];
  return quick && !QUICK_TWO_THREADS.includes(name) ? [1] : [1, 2];
}

const instructionSets = (name: CaseName, quick: boolean, wide: boolean): Isa[] =>
  wide && !quick && !ONE_SITTING.includes(name) ? ["native", "avx2"] : ["native"];
