/** Descriptions of preprocessing come from strangers' files and from callers without types: each field by its type, then by its value. */
import { GradCamError } from "../errors.ts";
import { checkChoice } from "./choice.ts";
import { FITS } from "./geometry.ts";
import type { ChannelOrder, Preprocess } from "./preprocess.ts";
import { FILTERS } from "./resize-image.ts";

type Kind = "number" | "string" | "boolean" | "numbers";

const KINDS: Readonly<Record<keyof Preprocess, Kind>> = {
  size: "numbers",
  fit: "string",
  shortSide: "number",
  resize: "string",
  antialias: "boolean",
  channels: "string",
  scale: "number",
  mean: "numbers",
  std: "numbers",
};

/** What a description consists of. */
export const PREPROCESS_FIELDS = Object.keys(KINDS) as readonly (keyof Preprocess)[];

/** The first field that is missing or of another type. */
export const mistypedField = (
  spec: Readonly<Partial<Record<keyof Preprocess, unknown>>>,
): keyof Preprocess | undefined =>
  PREPROCESS_FIELDS.find(
    (name) => kindOf(spec[name]) !== KINDS[name] && !(name === "shortSide" && spec[name] === undefined),
  );

/** The longest list is one number for each of three channels. */
const kindOf = (value: unknown): string => {
  if (!Array.isArray(value)) return value === null ? "null" : typeof value;
  return value.length <= 3 && value.every((one) => typeof one === "number") ? "numbers" : "another list";
};

const CHANNEL_ORDERS: readonly ChannelOrder[] = ["rgb", "bgr", "gray"];

/** Throws E_OPTION or E_INPUT_VALUE when a description, perhaps read from a file, cannot work. */
export function checkPreprocess(spec: Preprocess, where: string): void {
  const wrong = mistypedField(spec);
  if (wrong !== undefined) {
    const got = wrong in spec ? kindOf(spec[wrong]) : "none";
    throw new GradCamError("E_INPUT_VALUE", { where: `${where}: ${wrong}`, expected: KINDS[wrong], got });
  }
  checkChoice(spec.fit, FITS, `${where}: fit`);
  checkChoice(spec.resize, FILTERS, `${where}: resize`);
  checkChoice(spec.channels, CHANNEL_ORDERS, `${where}: channels`);
  if (!spec.antialias && !["nearest", "bilinear", "bicubic"].includes(spec.resize)) {
    const expected = 'resize "bilinear", "bicubic" or "nearest" when antialias is false';
    throw new GradCamError("E_OPTION", { where: `${where}: resize`, expected, got: `"${spec.resize}"` });
  }
  const wanted = spec.channels === "gray" ? 1 : 3;
  const lengths = [spec.size, spec.mean, spec.std].map((list) => list.length);
  const { shortSide = Math.max(...spec.size) } = spec;
  const sound =
    lengths.join() === `2,${wanted},${wanted}` &&
    [...spec.size, shortSide].every((side) => Number.isInteger(side) && side > 0) &&
    shortSide >= Math.max(...spec.size) &&
    [spec.scale, ...spec.mean, ...spec.std].every(Number.isFinite) &&
    !spec.std.includes(0);
  if (sound) return;
  throw new GradCamError("E_INPUT_VALUE", {
    where,
    expected: `size [height, width] in whole pixels, no larger than shortSide, ${wanted} finite mean and non-zero std values, a finite scale`,
    got: JSON.stringify({
      size: spec.size,
      shortSide: spec.shortSide,
      mean: spec.mean,
      std: spec.std,
      scale: spec.scale,
    }),
  });
}
