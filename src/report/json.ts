/** Explanations as JSON: the schema that `gradcam explain --json` prints, one object per line. */
import type { Explanation } from "../explanation.ts";
import type { Map2D } from "../image/image.ts";

/** A map as JSON, row-major. */
export interface JsonMap {
  readonly width: number;
  readonly height: number;
  /** Row-major. */
  readonly data: number[];
}

/** An explanation as JSON: its maps are plain lists. */
export interface JsonExplanation extends Omit<Explanation, "raw" | "map" | "attribution"> {
  readonly raw: JsonMap;
  readonly map: JsonMap;
}

/** Plain JSON data: typed arrays become lists of numbers, everything else stays as it is; `attribution` is left out. */
export function explanationToJson(explanation: Explanation): JsonExplanation {
  const { attribution: _, ...rest } = explanation;
  return { ...rest, raw: mapToJson(explanation.raw), map: mapToJson(explanation.map) };
}

/** Nine significant digits name every f32, so reading them back with Math.fround gives the same bits. */
const F32_DIGITS = 9;

const mapToJson = ({ width, height, data }: Map2D): JsonMap => ({
  width,
  height,
  data: Array.from(data, (value) => Number(value.toPrecision(F32_DIGITS))),
});
