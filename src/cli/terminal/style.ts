/** Colours for people who see a terminal; none in files, pipes and wherever NO_COLOR is set. */
import type { Sink } from "./io.ts";
import { printable } from "./printable.ts";

type Paint = (text: string) => string;

export interface Style {
  /** Whether there are any. */
  readonly isColoured: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly warn: Paint;
  readonly error: Paint;
  readonly accent: Paint;
  /** A line in which nothing but text and these colours are left. */
  readonly clean: Paint;
}

/** https://no-color.org, https://force-color.org and TERM=dumb are respected, in this order after `--no-color`. */
export function styleFor(sink: Sink, env: Readonly<Record<string, string | undefined>>, wanted: boolean): Style {
  const { NO_COLOR: never, FORCE_COLOR: always, TERM: terminal } = env;
  const colours = wanted && !never && (always ? always !== "0" : sink.isTTY && terminal !== "dumb");
  const sgr =
    ([on, off]: readonly [number, number]): Paint =>
    (text) =>
      colours ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  const { bold, dim, warn, error, accent } = SGR;
  return {
    isColoured: colours,
    bold: sgr(bold),
    dim: sgr(dim),
    warn: sgr(warn),
    error: sgr(error),
    accent: sgr(accent),
    clean: colours ? cleaned : printable,
  };
}

/** On and off, of ECMA-48's "select graphic rendition". */
const SGR = { bold: [1, 22], dim: [2, 22], warn: [33, 39], error: [31, 39], accent: [36, 39] } as const;

const OWN = new Set(Object.values(SGR).flatMap((codes) => codes.map((code) => `\u001b[${code}m`)));

const cleaned = (line: string): string =>
  line
    .split(/(\p{Cc}\[\d+m)/u)
    .map((part) => (OWN.has(part) ? part : printable(part)))
    .join("");
