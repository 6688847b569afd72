/** Whole files of JSON: small enough to be held in memory, and UTF-8 without a byte that is none. */
import { GradCamError } from "../errors.ts";
import { parseJson } from "./json.ts";
import type { Limits } from "./limits.ts";
import type { RandomAccessSource } from "./source.ts";

/** Throws E_HEADER_TOO_LARGE before anything is read, and E_HEADER_INVALID. */
export async function readJsonText(source: RandomAccessSource, { headerBytes }: Limits): Promise<string> {
  const { name: where, size } = source;
  if (size > headerBytes) {
    const expected = `at most ${headerBytes} bytes of JSON (limit headerBytes)`;
    throw new GradCamError("E_HEADER_TOO_LARGE", { where, expected, got: String(size) });
  }
  const bytes = await source.read(0, size);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new GradCamError("E_HEADER_INVALID", { where, expected: "UTF-8 text", got: "bytes that are none", cause });
  }
}

/** Throws what readJsonText and parseJson throw. */
export async function readJson(source: RandomAccessSource, limits: Limits): Promise<unknown> {
  return parseJson(await readJsonText(source, limits), source.name, limits.jsonDepth);
}
