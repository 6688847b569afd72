/** How pictures become inputs, as a stranger's JSON says it. */
import { GradCamError } from "../../errors.ts";
import { checkPreprocess, type Preprocess } from "../../image/preprocess.ts";
import { show } from "../show.ts";

type Kind = "number" | "string" | "boolean" | "numbers";

const FIELDS: Readonly<Record<keyof Preprocess, Kind>> = {
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

/** Throws E_HEADER_INVALID for fields that are missing, of another type or not known; E_OPTION, E_INPUT_VALUE for their values. */
export function readPreprocess(json: unknown, where: string): Preprocess {
  const fields = typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
  const wrong =
    Object.keys(fields).find((name) => !Object.hasOwn(FIELDS, name)) ??
    Object.entries(FIELDS).find(([name, kind]) => !fits(fields[name], kind, name === "shortSide"))?.[0];
  if (wrong !== undefined) {
    const expected = `${Object.keys(FIELDS).join(", ")} as in docs/pictures.md`;
    throw new GradCamError("E_HEADER_INVALID", { where, expected, got: `${show(wrong)}: ${show(fields[wrong])}` });
  }
  const preprocess = fields as unknown as Preprocess;
  checkPreprocess(preprocess, where);
  return preprocess;
}

function fits(value: unknown, kind: Kind, optional: boolean): boolean {
  if (value === undefined) return optional;
  if (kind !== "numbers") return typeof value === kind;
  return Array.isArray(value) && value.length <= 3 && value.every((number) => typeof number === "number");
}
