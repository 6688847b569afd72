/** Flags whose values are checked while the command line is read. */
import { Option } from "commander";
import { GradCamError } from "../errors.ts";
import { checkChoice } from "../image/choice.ts";
import type { MethodName } from "../methods.ts";
import { METHOD_NAMES } from "./method-facts.ts";

/** "-j, --jobs <n>" → "--jobs". */
const longName = (flags: string): string => /--[a-z-]+/.exec(flags)![0];

/** A flag with a few possible values, all named in the help. */
export const choiceFlag = (flags: string, description: string, choices: readonly string[]): Option =>
  withChoices(
    choices,
    new Option(flags, description).argParser((value: string) => {
      checkChoice(value, choices, longName(flags));
      return value;
    }),
  );

/** Where help and completion look for them. */
const withChoices = (choices: readonly string[], option: Option): Option =>
  Object.assign(option, { argChoices: [...choices] });

/** A flag that takes a number of [low, high]. */
export function numberFlag(
  flags: string,
  description: string,
  [low, high]: readonly [number, number],
  whole = false,
): Option {
  return new Option(flags, description).argParser((value: string) => {
    const number = value.trim() === "" ? NaN : Number(value);
    if (number >= low && number <= high && (!whole || Number.isInteger(number))) return number;
    throw new GradCamError("E_OPTION", {
      where: longName(flags),
      expected: `${whole ? "a whole number" : "a number"} from ${low} to ${high}`,
      got: `"${value}"`,
      ...(Number.isFinite(number) && { hint: `the nearest is ${nearestNumber(number, low, high, whole)}` }),
    });
  });
}

function nearestNumber(value: number, low: number, high: number, whole: boolean): number {
  return Math.min(high, Math.max(low, whole ? Math.round(value) : value));
}

/** A flag that takes a height and a width: "224x320", or "224" for both. */
export const sizeFlag = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((value: string): readonly [number, number] => {
    const [, height, width = height] = /^\s*(\d{1,5})(?:\s*[x×]\s*(\d{1,5}))?\s*$/i.exec(value) ?? [];
    if (Number(height) > 0 && Number(width) > 0) return [Number(height), Number(width)];
    throw new GradCamError("E_OPTION", {
      where: longName(flags),
      expected: 'a height and a width, such as "224x224"',
      got: `"${value}"`,
    });
  });

/** A flag that may be given several times: its values in order. */
export const repeatedFlag = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);

/** As repeatedFlag, for names: one that is given twice is meant once. */
export const namesFlag = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((value: string, before: readonly string[] | undefined) => [
    ...new Set([...(before ?? []), value]),
  ]);

/** Methods by name: repeated, or with commas between them. Help names them all. */
export const methodsFlag = (flags: string, description: string): Option =>
  withChoices(
    METHOD_NAMES,
    new Option(flags, description).argParser((value: string, before: readonly MethodName[] | undefined) => [
      ...new Set([...(before ?? []), ...checkMethods(value.split(","), longName(flags))]),
    ]),
  );

/** Throws E_OPTION naming the nearest method. */
export const checkMethods = (names: readonly string[], where: string): MethodName[] =>
  names.map((name) => {
    checkChoice(name.trim(), METHOD_NAMES, where);
    return name.trim() as MethodName;
  });
