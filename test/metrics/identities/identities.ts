/** What a metric must give where the answer is known. */
import type { MetricName } from "../../../src/metrics/index.ts";

/** By metric, by title. */
export type Identities = Readonly<Partial<Record<MetricName, Readonly<Record<string, () => Promise<void> | void>>>>>;
