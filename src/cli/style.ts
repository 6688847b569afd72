/** Colours for people who see a terminal; none in files, pipes and wherever NO_COLOR is set. */
import type { Sink } from "./io.ts";

type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly warn: Paint;
  readonly error: Paint;
  readonly accent: Paint;
}

/** https://no-color.org, https://force-color.org and TERM=dumb are respected, in this order after `--no-color`. */
export function styleFor(sink: Sink, env: Readonly<Record<string, string | undefined>>, wanted: boolean): Style {
  const { NO_COLOR: never, FORCE_COLOR: always, TERM: terminal } = env;
  const colours = wanted && !never && (always ? always !== "0" : sink.isTTY && terminal !== "dumb");
  const sgr =
    (on: number, off: number): Paint =>
    (text) =>
      colours ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: sgr(1, 22), dim: sgr(2, 22), warn: sgr(33, 39), error: sgr(31, 39), accent: sgr(36, 39) };
}
