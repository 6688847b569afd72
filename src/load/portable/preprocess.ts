/** How pictures become inputs, as a stranger's JSON says it. */
import { GradCamError } from "../../errors.ts";
import { checkPreprocess, mistypedField, PREPROCESS_FIELDS } from "../../image/check-preprocess.ts";
import type { Preprocess } from "../../image/preprocess.ts";
import { show } from "../show.ts";

/** Throws E_HEADER_INVALID for fields that are missing, of another type or not known; E_OPTION, E_INPUT_VALUE for their values. */
export function readPreprocess(json: unknown, where: string): Preprocess {
  const fields = typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
  const isKnown = (name: string): boolean => (PREPROCESS_FIELDS as readonly string[]).includes(name);
  const wrong = Object.keys(fields).find((name) => !isKnown(name)) ?? mistypedField(fields);
  if (wrong !== undefined) {
    const expected = `${PREPROCESS_FIELDS.join(", ")} as in docs/pictures.md`;
    throw new GradCamError("E_HEADER_INVALID", { where, expected, got: `${show(wrong)}: ${show(fields[wrong])}` });
  }
  const preprocess = fields as unknown as Preprocess;
  checkPreprocess(preprocess, where);
  return preprocess;
}
