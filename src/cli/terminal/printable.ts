/** Text from outside, such as names of files and classes, made safe to print and to cut. */

/**
 * What is no text: control characters, which could move the cursor, colour what follows or begin a line; direction marks, which
 * make "gpj.exe" of "exe.jpg" (UAX #9); line separators; halves of characters.
 */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One line, in which what is no text is "?". */
export const printable = (text: string): string => text.replace(UNSAFE, "?");

/** JSON, the same to every program, in which what is no text is written as \u001b. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(UNSAFE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Of a data: URL as much as tells its kind. */
const MOST_OF_DATA = 40;

/** A picture's name for people: a data: URL is the whole picture. */
export const shownName = (picture: string): string =>
  printable(/^data:/i.test(picture) && picture.length > MOST_OF_DATA ? `${picture.slice(0, MOST_OF_DATA)}…` : picture);

/** From here on characters are as a rule two columns wide (Hangul, CJK, emoji). */
const WIDE = 0x1100;

const widthOf = (character: string): number => (character.codePointAt(0)! >= WIDE && !isLine(character) ? 2 : 1);

/** Bars, dots and dashes: narrow, though their code points are high. */
const isLine = (character: string): boolean => /[\u2000-\u2bff]/.test(character);

export const displayWidth = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + widthOf(character), 0);

/** The end of a text, which of a path says most, after "…" when it is longer than `columns`. */
export function endOf(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  let width = 1;
  for (const character of Array.from(text).reverse()) {
    width += widthOf(character);
    if (width > columns) break;
    kept = character + kept;
  }
  return columns > 0 ? `…${kept}` : "";
}
