/** Limits that the caller sets: a misspelt one would be no limit. Loaded with the first of them. */
import { GradCamError, nearest } from "../errors.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";

/** Throws E_OPTION for names that are none, and for what is no number above 0. */
export function checkLimits(wanted: Partial<Limits>): void {
  const names = Object.keys(DEFAULT_LIMITS);
  for (const [name, value] of Object.entries(wanted) as [string, unknown][]) {
    const isLimit = names.includes(name);
    if (isLimit && typeof value === "number" && value > 0) continue;
    const near = isLimit ? undefined : nearest(name, names);
    throw new GradCamError("E_OPTION", {
      where: isLimit ? `limits.${name}` : "limits",
      expected: isLimit ? "a number above 0" : names.join(" or "),
      got: isLimit ? String(value) : JSON.stringify(name),
      ...(near && { hint: `did you mean "${near}"?` }),
    });
  }
}
