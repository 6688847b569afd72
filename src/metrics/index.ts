/** Every metric, by the name users type. Adding one = one file + one line here + an identity in test/metrics/identities.test.ts + a line in docs/metrics.md. */
import { arcc } from "./arcc.ts";
import { averageDrop } from "./average-drop.ts";
import { coherency } from "./coherency.ts";
import { complexity } from "./complexity.ts";
import { deletion } from "./deletion.ts";
import { energyInBox } from "./energy-in-box.ts";
import { increase } from "./increase.ts";
import { infidelity } from "./infidelity.ts";
import { insertion } from "./insertion.ts";
import type { OptionSpecs, ValuesOf } from "../cam/option.ts";
import type { Metric } from "./metric.ts";
import { parameterRandomisation } from "./parameter-randomisation.ts";
import { pointingGame } from "./pointing-game.ts";
import { road } from "./road.ts";
import { sensitivityMax } from "./sensitivity-max.ts";

const metrics = {
  deletion,
  insertion,
  road,
  "average-drop": averageDrop,
  increase,
  "pointing-game": pointingGame,
  "energy-in-box": energyInBox,
  complexity,
  coherency,
  arcc,
  "sensitivity-max": sensitivityMax,
  infidelity,
  "parameter-randomisation": parameterRandomisation,
} as const;

/** What `evaluate` and `gradcam metrics` can measure. */
export type MetricName = keyof typeof metrics;

/** The names of all metrics. */
export const METRICS = Object.keys(metrics) as readonly MetricName[];

export const metricCalled = (name: MetricName): Metric => metrics[name];

/** As the argument of a function, so that the union over metrics becomes an intersection of their options. */
type Takes<Name extends MetricName> = Name extends unknown
  ? (options: OptionsOf<(typeof metrics)[Name]>) => void
  : never;

type OptionsOf<One> = One extends { readonly options?: infer Specs }
  ? string extends keyof NonNullable<Specs>
    ? unknown
    : Partial<ValuesOf<Extract<Specs, OptionSpecs>>>
  : unknown;

/** What may be set of all metrics together. */
export type MetricOptions = Takes<MetricName> extends (options: infer All) => void ? All : never;
