/** What each metric must give where the answer is known, and f64 twins of what is summed. */
import { describe, expect, it } from "vitest";
import { METRICS, metricCalled } from "../../src/metrics/index.ts";
import type { Identities } from "./identities/identities.ts";
import { ofMaps } from "./identities/of-maps.ts";
import { masked } from "./identities/masked.ts";
import { place } from "./identities/place.ts";
import { removal } from "./identities/removal.ts";
import { stability } from "./identities/stability.ts";

/** Every metric has a place; a new one without fails to compile. */
const identities: Required<Identities> = { ...removal, ...masked, ...place, ...ofMaps, ...stability };

it("metrics are set as their sources have them, or as docs/metrics.md says", () => {
  const defaults = METRICS.map((name) => {
    const specs = Object.entries(metricCalled(name).options ?? {});
    return [name, Object.fromEntries(specs.map(([option, spec]) => [option, spec.default]))] as const;
  });
  expect(Object.fromEntries(defaults.filter(([, options]) => Object.keys(options).length > 0))).toEqual({
    deletion: { steps: 224 },
    insertion: { steps: 224 },
    road: { levels: 9, noise: 0.01 },
    "pointing-game": { tolerance: 15 },
    arcc: { noise: 0.01 },
    "sensitivity-max": { samples: 10, radius: 0.02 },
    infidelity: { squares: 100 },
    "parameter-randomisation": { stages: 8 },
  });
});

describe.each(METRICS)("%s", (name) => {
  it.each(Object.entries(identities[name]))("%s", async (_title, check) => {
    await check();
  });
});
