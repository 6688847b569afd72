/** How far the work is, as one line that fits the terminal. */
import { displayWidth, endOf, shownName } from "./printable.ts";

export interface ProgressFacts {
  /** "explaining". */
  readonly verb: string;
  /** What is worked on: the name of a picture. */
  readonly item: string;
  /** What is being done with it, when that takes long: "pictures masked by channels". */
  readonly stage?: string;
  readonly done: number;
  readonly total: number;
  /** Of all of the work, 0 to 1. */
  readonly share: number;
  /** Undefined while it is too early to tell. */
  readonly secondsLeft: number | undefined;
}

const MOST_BAR = 24;
const LEAST_BAR = 6;
/** Of a name: less says nothing. */
const LEAST_NAME = 8;

/** "explaining cat.jpg ━━━━━━──────────── 12/40, 9 s left"; on narrow terminals the bar goes first, then the name. */
export function progressLine(facts: ProgressFacts, columns: number): string {
  const { verb, total, share, secondsLeft, stage } = facts;
  const left = secondsLeft === undefined ? "" : `, ${duration(secondsLeft)} left`;
  const place = total > 1 ? `${facts.done}/${total}${left}` : stage === undefined ? "" : `${percentOf(share)}${left}`;
  const item = shownName(facts.item) + (stage === undefined ? "" : `: ${stage}`);
  const free = columns - verb.length - displayWidth(place) - 2;
  const bar = place === "" ? 0 : Math.min(MOST_BAR, free - 1 - Math.min(displayWidth(item), Math.ceil(free / 2)));
  const shown = bar >= LEAST_BAR ? barOf(share, bar) : "";
  const room = free - (shown === "" ? 0 : bar + 1);
  const name = room >= LEAST_NAME || displayWidth(item) <= room ? endOf(item, room) : "";
  return [verb, name, shown, place].filter(Boolean).join(" ");
}

export const percentOf = (share: number): string => `${Math.floor(share * 100)} %`;

function barOf(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "━".repeat(full) + "─".repeat(width - full);
}

/** "9 s", "3 min 20 s", "2 h 5 min". */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 > 0 && minutes < 10 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return minutes % 60 > 0 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}
