/** Every case, by the name that the command line takes. Adding one = one line here, and a file if it is no race. */
import type { Work } from "../contenders/contender.ts";
import type { NetworkName } from "../networks/index.ts";
import type { BenchCase } from "./bench-case.ts";
import { coldStart } from "./cold-start.ts";
import { builds, field } from "./field.ts";
import { kernels } from "./kernels.ts";
import type { Pace } from "./lanes.ts";
import { memory } from "./memory.ts";
import { methods } from "./methods.ts";
import type { Race } from "./race.ts";
import { size } from "./size.ts";
import { tile } from "./tile.ts";

/** Hundreds of milliseconds per run, tens, a few. */
type Weight = "heavy" | "middle" | "light";

const PACES: Readonly<Record<Weight, Readonly<Record<"quick" | "full", Pace>>>> = {
  heavy: {
    quick: { warmUp: { least: 3, most: 5, window: 3 }, rounds: 5, runs: 1 },
    full: { warmUp: { least: 5, most: 20, window: 5 }, rounds: 15, runs: 1 },
  },
  middle: {
    quick: { warmUp: { least: 5, most: 10, window: 5 }, rounds: 8, runs: 2 },
    full: { warmUp: { least: 10, most: 30, window: 5 }, rounds: 20, runs: 2 },
  },
  light: {
    quick: { warmUp: { least: 20, most: 50, window: 5 }, rounds: 15, runs: 3 },
    full: { warmUp: { least: 20, most: 100, window: 5 }, rounds: 40, runs: 5 },
  },
};

const everybody = (name: NetworkName, weight: Weight, works: readonly Work[]): Race => ({
  case: name,
  network: name,
  works,
  runners: ({ threads }, quick) => field(works, threads, quick),
  pace: (quick) => PACES[weight][quick ? "quick" : "full"],
});

const ownBuilds = (network: NetworkName, weight: Weight): Race => ({
  case: `${network}-builds`,
  network,
  works: ["forward", "grad-cam"],
  runners: builds,
  pace: (quick) => PACES[weight][quick ? "quick" : "full"],
});

export const races = {
  vgg16: everybody("vgg16", "heavy", ["forward", "grad-cam", "ten-classes", "input-gradient"]),
  resnet50: everybody("resnet50", "middle", ["forward", "grad-cam"]),
  mobilenet: everybody("mobilenet", "light", ["forward"]),
  "mobilenet-v2": everybody("mobilenet-v2", "light", ["forward", "grad-cam", "input-gradient"]),
  "efficientnet-lite0": everybody("efficientnet-lite0", "light", ["forward", "grad-cam", "ten-classes", "all-classes"]),
  "conv3-2": everybody("conv3-2", "middle", ["forward", "input-gradient", "weight-gradients"]),
  "small-cnn": everybody("small-cnn", "light", ["train-step"]),
  "vgg16-builds": ownBuilds("vgg16", "heavy"),
  "efficientnet-lite0-builds": ownBuilds("efficientnet-lite0", "light"),
} as const satisfies Record<string, Race>;

export const measurements = { tile, memory, size, "cold-start": coldStart, methods, kernels } as const satisfies Record<
  string,
  BenchCase
>;

export type CaseName = keyof typeof races | keyof typeof measurements;

export const caseNames = [...Object.keys(races), ...Object.keys(measurements)] as readonly CaseName[];
