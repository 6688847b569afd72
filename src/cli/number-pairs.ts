/** Flags such as --set steps=20, given any number of times. */
import { GradCamError } from "../errors.ts";

/** Numbers by name. Throws E_OPTION for what is no NAME=NUMBER and for names that are given twice. */
export function numberPairs(flags: readonly string[], where: string): ReadonlyMap<string, number> {
  const pairs = new Map<string, number>();
  for (const flag of flags) {
    const [, name, text] = /^([^=]+)=(\S+)$/.exec(flag) ?? [];
    const value = Number(text);
    if (name === undefined || !Number.isFinite(value) || pairs.has(name)) {
      throw new GradCamError("E_OPTION", {
        where,
        expected: name !== undefined && pairs.has(name) ? `${name} once` : "NAME=NUMBER",
        got: `"${flag}"`,
      });
    }
    pairs.set(name, value);
  }
  return pairs;
}
