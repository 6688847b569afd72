/** Every case, by the name that the command line takes. Adding one = one file + one line here. */
import { networks } from "../networks/index.ts";
import { atMost, type BenchCase } from "./bench-case.ts";
import { coldStart } from "./cold-start.ts";
import { kernels } from "./kernels.ts";
import { networkCase } from "./network.ts";
import { tile } from "./tile.ts";

const vgg16 = networkCase({
  title: "VGG16",
  open: networks.vgg16,
  bars: { forward: atMost(2.3), gradCam: atMost(1.15), tenClasses: atMost(1.6), scratch: atMost(2) },
  pace: ({ quick }) =>
    quick
      ? { warmUp: { least: 3, most: 6, window: 3 }, rounds: 5, runs: 1 }
      : { warmUp: { least: 10, most: 30, window: 5 }, rounds: 15, runs: 2 },
});

const embedded = networkCase({
  title: "EfficientNet-Lite0",
  open: networks["efficientnet-lite0"],
  bars: { forward: atMost(3), gradCam: atMost(1.05), tenClasses: atMost(1.6) },
  pace: ({ quick }) => ({ warmUp: { least: 20, most: 100, window: 5 }, rounds: quick ? 20 : 60, runs: 5 }),
});

export const cases = { tile, vgg16, embedded, "cold-start": coldStart, kernels } as const satisfies Record<
  string,
  BenchCase
>;

export type CaseName = keyof typeof cases;

/** What `npm run bench` measures when no case is named: the promises of the package. */
export const PROMISES: readonly CaseName[] = ["tile", "vgg16", "embedded", "cold-start"];
