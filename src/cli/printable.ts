/** Text from outside, such as names of files, made safe to print and to cut. */

/** Control characters, which could move the cursor or colour what follows, as "?". */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, "?");

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
