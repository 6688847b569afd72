/** The pairs of `--set`: options of methods and metrics by their names. */
import { GradCamError } from "../errors.ts";

export type Settings = Readonly<Record<string, number | string>>;

/** Throws E_OPTION for what is no name=value and for names that are given twice. */
export function settingsOf(pairs: readonly string[]): Settings {
  const settings: Record<string, number | string> = {};
  for (const pair of pairs) {
    const [name, value] = settingOf(pair);
    if (Object.hasOwn(settings, name)) {
      throw new GradCamError("E_OPTION", { where: "--set", expected: `${name} once`, got: `"${pair}"` });
    }
    settings[name] = value;
  }
  return settings;
}

/** "max-n=64" and "maxN=64" are the same. */
function settingOf(pair: string): [string, number | string] {
  const [, name, value] = /^([A-Za-z][\w-]*)=(.+)$/.exec(pair) ?? [];
  if (name === undefined || value === undefined) {
    const hint = "gradcam methods shows what can be set";
    throw new GradCamError("E_OPTION", { where: "--set", expected: "name=value", got: `"${pair}"`, hint });
  }
  const camel = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [camel, Number.isFinite(Number(value)) ? Number(value) : value];
}
