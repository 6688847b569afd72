/**
 * JSON from strangers. `JSON.parse` lets the last of two equal keys win and says nothing, so keys and nesting are
 * checked first, in one pass over the text that keeps a set of keys per open object.
 */
import { GradCamError } from "../errors.ts";

interface Frame {
  /** undefined for arrays. */
  readonly keys: Set<string> | undefined;
  expectsKey: boolean;
}

/** Parses `text`. Throws E_HEADER_INVALID for malformed JSON or duplicate keys, E_JSON_DEPTH beyond `depth` levels. */
export function parseJson(text: string, where: string, depth: number): unknown {
  checkStructure(text, where, depth);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new GradCamError("E_HEADER_INVALID", { where, expected: "valid JSON", got: (cause as Error).message, cause });
  }
}

/** Whether an object or array that begins at the first character also ends within `text`. */
export function isCompleteJson(text: string): boolean {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '"') i = stringEnd(text, i) - 1;
    else if (char === "{" || char === "[") open++;
    else if ((char === "}" || char === "]") && --open === 0) return true;
  }
  return false;
}

function checkStructure(text: string, where: string, depth: number): void {
  const frames: Frame[] = [];
  for (let i = 0; i < text.length; i++) {
    const frame = frames.at(-1);
    switch (text[i]) {
      case '"': {
        const end = stringEnd(text, i);
        if (frame?.keys && frame.expectsKey) addKey(frame.keys, text.slice(i, end), where);
        if (frame) frame.expectsKey = false;
        i = end - 1;
        break;
      }
      case "{":
      case "[":
        frames.push({ keys: text[i] === "{" ? new Set() : undefined, expectsKey: true });
        if (frames.length > depth) throw tooDeep(where, depth);
        break;
      case "}":
      case "]":
        frames.pop();
        break;
      case ",":
        if (frame) frame.expectsKey = true;
    }
  }
}

/** The position after the closing quote of the string that opens at `start`, or the end of the text. */
function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

function addKey(keys: Set<string>, literal: string, where: string): void {
  const key = literal.includes("\\") ? decodeKey(literal, where) : literal.slice(1, -1);
  if (keys.has(key)) throw invalid(where, `the key ${JSON.stringify(key)} twice`);
  keys.add(key);
}

/** Two spellings of one key ("a" and "\u0061") are one key. */
function decodeKey(literal: string, where: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw invalid(where, `a malformed string ${literal.slice(0, 40)}`);
  }
}

const invalid = (where: string, got: string): GradCamError => new GradCamError("E_HEADER_INVALID", { where, got });

const tooDeep = (where: string, depth: number): GradCamError =>
  new GradCamError("E_JSON_DEPTH", { where, expected: `at most ${depth} levels (limit jsonDepth)`, got: "more" });
