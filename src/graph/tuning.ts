/**
 * Measured choices among the algorithms of a convolution, by build and shape. Data: a committed table (tuning-table.ts), in
 * front of it a user's own, made by `gradcam bench --tune`; the rule of the pass choose-algorithm for all other shapes.
 */
import { GradCamError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { Build } from "../wasm/instantiate.ts";
import { TUNING_TABLE } from "./tuning-table.ts";

const ALGORITHMS = ["direct", "winograd"] as const;

/** "direct": the plain sum. "winograd": F(4×4, 3×3), where the kernels take it. */
export type Algorithm = (typeof ALGORITHMS)[number];

/** What `gradcam bench --tune` writes. */
export interface Tuning {
  readonly version: 1;
  /** By build and shape, "HxWxC>F": outputs of height H and width W, from C channels to F. All are 3×3 with strides of 1. */
  readonly builds: Readonly<Partial<Record<Build, Readonly<Record<string, Algorithm>>>>>;
}

const BUILDS: readonly string[] = ["simd", "relaxed"] satisfies Build[];
const KEY = /^\d{1,6}x\d{1,6}x\d{1,6}>\d{1,6}$/;
/** More shapes than all networks of a zoo have: only guards against files that are something else. */
const MOST_SHAPES = 10_000;

/** @param y [N,H,W,F] @param w [3,3,C,F] */
export const shapeKey = (y: Shape, w: Shape): string => `${y[1]}x${y[2]}x${w[2]}>${w[3]}`;

/** What was measured for a shape; undefined where nothing was. */
export type Choice = (key: string) => Algorithm | undefined;

/** The user's measurements before ours. */
export function choiceFor(build: Build, own: Tuning | undefined): Choice {
  const tables = [own?.builds[build], TUNING_TABLE.builds[build]];
  return (key) => tables.find((table) => table && Object.hasOwn(table, key))?.[key];
}

/** Throws E_INPUT_VALUE for anything that `gradcam bench --tune` does not write. */
export function checkTuning(value: unknown, where: string): Tuning {
  const { version, builds, ...rest } = fieldsOf(value, where, 'an object { "version": 1, "builds": … }');
  if (version !== 1) throw misfit(`${where}: version`, "1", version);
  for (const name of Object.keys(rest)) throw misfit(where, "version and builds", name);
  for (const [build, table] of Object.entries(fieldsOf(builds, `${where}: builds`, "an object"))) {
    if (!BUILDS.includes(build)) throw misfit(`${where}: builds`, BUILDS.join(" or "), build);
    checkTable(fieldsOf(table, `${where}: ${build}`, "an object"), `${where}: ${build}`);
  }
  return value as Tuning;
}

function checkTable(table: Readonly<Record<string, unknown>>, where: string): void {
  const entries = Object.entries(table);
  if (entries.length > MOST_SHAPES) throw misfit(where, `at most ${MOST_SHAPES} shapes`, entries.length);
  for (const [key, algorithm] of entries) {
    if (!KEY.test(key)) throw misfit(where, 'shapes such as "56x56x64>64"', key);
    if (!(ALGORITHMS as readonly unknown[]).includes(algorithm)) {
      throw misfit(`${where}: ${key}`, ALGORITHMS.join(" or "), algorithm);
    }
  }
}

function fieldsOf(value: unknown, where: string, expected: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw misfit(where, expected, value);
}

/** Of a value that may be anything, as much as fits into a message. */
function misfit(where: string, expected: string, got: unknown): GradCamError {
  const shown = typeof got === "object" && got !== null ? (Array.isArray(got) ? "a list" : "an object") : String(got);
  const hint = "gradcam bench --tune writes such a file";
  return new GradCamError("E_INPUT_VALUE", { where, expected, got: JSON.stringify(shown.slice(0, 80)), hint });
}
