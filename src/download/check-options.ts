/** The numbers of PullOptions: with a NaN among them a download would wait, try again or grow for ever. */
import { GradCamError } from "../errors.ts";

/** The longest that a timer takes, in milliseconds; it fires at once for more. */
const LONGEST = 2 ** 31 - 1;

const LIMITS = {
  patience: { min: 1, max: LONGEST },
  retries: { min: 0, max: Infinity },
  pause: { min: 0, max: LONGEST },
  maxBytes: { min: 1, max: Infinity },
} as const;

/** Throws E_OPTION for the first one that is out of bounds, or no number. */
export function checkNumbers(given: Readonly<Record<keyof typeof LIMITS, number>>): void {
  for (const name of ["patience", "retries", "pause", "maxBytes"] as const) {
    const value: unknown = given[name];
    const { min, max } = LIMITS[name];
    if (typeof value === "number" && value >= min && value <= max) continue;
    const expected = max === Infinity ? `a number of at least ${min}` : `a number from ${min} to ${max}`;
    throw new GradCamError("E_OPTION", { where: `${name} of pull`, expected, got: String(value) });
  }
}
