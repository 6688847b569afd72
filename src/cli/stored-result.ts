/** Results that `gradcam explain --json` printed, read back: JSON Lines, one object, or a list. */
import { readFile } from "node:fs/promises";
import { GradCamError } from "../errors.ts";
import type { JsonExplanation } from "../report/json.ts";

export interface StoredResult extends Omit<JsonExplanation, "map" | "target" | "model" | "picture"> {
  /** The picture's name as it was given. */
  readonly image?: string;
  readonly target: JsonExplanation["target"] & { readonly index: number };
  readonly model: JsonExplanation["model"] & { readonly source?: string };
  readonly picture?: JsonExplanation["picture"] & { readonly sha256?: string };
}

/** What cannot be done without. */
const NEEDED: readonly (readonly [path: string, type: string])[] = [
  ["method", "string"],
  ["layer", "string or list"],
  ["target.index", "number"],
  ["target.score", "number"],
  ["score", "string"],
  ["sign", "string"],
  ["seed", "number"],
  ["parameters", "object"],
  ["predictions", "list"],
  ["raw.width", "number"],
  ["raw.height", "number"],
  ["raw.data", "list"],
  ["model.name", "string"],
  ["model.preprocess", "object"],
  ["engine.build", "string"],
  ["engine.exact", "boolean"],
  ["engine.weights", "string"],
];

/** What may be missing, but not be something else. */
const OPTIONAL: typeof NEEDED = [
  ["image", "string"],
  ["model.source", "string"],
  ["compat", "string"],
  ["smooth", "string"],
  ["fuse", "string"],
  ["target.against", "list"],
];

/** What lists hold. */
const ELEMENTS: typeof NEEDED = [
  ["layer", "string"],
  ["predictions", "object"],
  ["raw.data", "number"],
  ["target.against", "number or string"],
];

/** Results nest five deep; what compares and prints them follows values to their ends. */
const MAX_DEPTH = 16;

/** Throws E_IO, and E_INPUT_VALUE for what is no result or lacks something. */
export async function storedResults(path: string): Promise<StoredResult[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const { code = "an error" } = cause as NodeJS.ErrnoException;
    const got = code === "ENOENT" ? "no such file" : code;
    throw new GradCamError("E_IO", { where: path, expected: "results as JSON", got, cause });
  }
  const found = parsed(text, path).flat();
  if (found.length === 0) throw notAResult(path, "at least one result", "none");
  found.forEach((value, i) => check(value, found.length === 1 ? path : `${path}, result ${i + 1}`));
  return found as StoredResult[];
}

/** The whole as one value, or a value in each line. */
function parsed(text: string, path: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    const lines = text.split("\n").map((line, i) => [line, `${path}, line ${i + 1}`] as const);
    return lines.filter(([line]) => line.trim() !== "").map(([line, where]) => parsedLine(line, where));
  }
}

function parsedLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw notAResult(where, "JSON", cause instanceof Error ? cause.message : String(cause));
  }
}

function check(value: unknown, where: string): void {
  if (isDeeper(value, MAX_DEPTH)) throw notAResult(where, `at most ${MAX_DEPTH} levels`, "more");
  for (const [path, type] of NEEDED) {
    const kind = kindOf(at(value, path));
    if (type.split(" or ").includes(kind)) continue;
    const expression = path === "target.index" && kind === "undefined";
    const hint = expression ? "a score that was an expression of code can be computed again by that code only" : HINT;
    throw notAResult(where, `"${path}", a ${type}`, kind === "undefined" ? "none" : `a ${kind}`, hint);
  }
  for (const [path, type] of OPTIONAL) {
    const kind = kindOf(at(value, path));
    if (kind === "undefined" || kind === type) continue;
    throw notAResult(where, `"${path}", a ${type}`, `a ${kind}`);
  }
  for (const [path, type] of ELEMENTS) {
    const list = at(value, path);
    const wrong = Array.isArray(list) && list.map(kindOf).find((kind) => !type.split(" or ").includes(kind));
    if (wrong) throw notAResult(where, `"${path}", a list whose elements are each a ${type}`, `a ${wrong}`);
  }
}

const at = (value: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], value);

const kindOf = (value: unknown): string => (Array.isArray(value) ? "list" : value === null ? "null" : typeof value);

/** Level by level: recursion would overflow where this is to say so. */
function isDeeper(value: unknown, levels: number): boolean {
  let now = [value];
  for (let level = 0; level <= levels && now.length > 0; level++) {
    now = now.flatMap((one): unknown[] => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return now.length > 0;
}

const HINT = "results are what gradcam explain --json prints";

const notAResult = (where: string, expected: string, got: string, hint = HINT): GradCamError =>
  new GradCamError("E_INPUT_VALUE", { where, expected, got, hint });
