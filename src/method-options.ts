/** What a caller set of methods, checked against what they say can be set. */
import type { ChoiceOption, NumberOption, OptionSpecs } from "./cam/option.ts";
import { GradCamError, nearest } from "./errors.ts";
import { checkChoice } from "./image/choice.ts";

export type OptionValues = Readonly<Record<string, number | string>>;

/** All of a method's options, defaults filled in. Throws E_OPTION for a value that it does not take. */
export function optionValues(
  method: string,
  specs: OptionSpecs = {},
  given: Readonly<Record<string, unknown>>,
): OptionValues {
  const entries = Object.entries(specs).map(([name, spec]): [string, number | string] => {
    const value = given[name];
    return [name, value === undefined ? spec.default : checked(value, spec, `${name} of ${method}`)];
  });
  return Object.fromEntries(entries);
}

/** Throws E_OPTION for a name that none of the methods knows. */
export function checkOptionNames(
  given: Readonly<Record<string, unknown>>,
  known: ReadonlyMap<string, OptionSpecs>,
): void {
  const names = [...known.values()].flatMap((specs) => Object.keys(specs));
  const unknown = Object.keys(given).find((name) => given[name] !== undefined && !names.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names);
  throw new GradCamError("E_OPTION", {
    where: `option "${unknown}"`,
    expected:
      names.length > 0 ? `an option of ${[...known.keys()].join(", ")}: ${names.join(", ")}` : "no further options",
    got: `"${unknown}"`,
    hint: near ? `did you mean "${near}"?` : "gradcam methods and docs/methods.md list what can be set of each",
  });
}

function checked(value: unknown, spec: NumberOption | ChoiceOption, where: string): number | string {
  if ("choices" in spec) {
    checkChoice(String(value), spec.choices, where);
    return String(value);
  }
  const { min, max = Infinity, integer } = spec;
  if (typeof value === "number" && value >= min && value <= max && (!integer || Number.isInteger(value))) return value;
  const kind = integer ? "an integer" : "a number";
  const expected = max === Infinity ? `${kind} of at least ${min}` : `${kind} from ${min} to ${max}`;
  throw new GradCamError("E_OPTION", { where, expected, got: String(value) });
}
