/** Long lines in several short ones: at blanks, each below the text of the first. */
import { stripVTControlCharacters } from "node:util";
import { displayWidth } from "./printable.ts";

/** Where a line may end: "79.8 %" stays together. */
const BLANK = /(?<= )(?=[^ %])/;
/** … and, in help, within lists of names. */
export const BLANK_OR_COMMA = /(?<=[\s,])/;

/**
 * Lines of at most `width` columns as far as words allow: a path that is longer stays whole, so that it can be copied.
 * Colours take no room.
 * @param hang columns that all but the first line are moved to the right by
 */
export function wrapped(text: string, width: number, hang = 0, breaks = BLANK): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  for (const piece of text.split(breaks)) {
    const last = lines.at(-1);
    const fits = last !== undefined && widthOf((last + piece).trimEnd()) <= width;
    if (fits || last?.trim() === "") lines[lines.length - 1] = last + piece;
    else lines.push(lines.length > 0 ? " ".repeat(hang) + piece : piece);
  }
  return lines.map((line) => line.trimEnd());
}

const widthOf = (text: string): number => displayWidth(stripVTControlCharacters(text));
