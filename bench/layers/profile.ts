/** Where the time of one piece of work goes: every operator of it, and what lies between them. */
import type { Description } from "../contenders/contender.ts";
import type { EntrantName } from "../contenders/entrants.ts";
import { type Summary, sum } from "../statistics.ts";
import type { Roofline } from "./roofline.ts";

/** What can be looked into. */
export const PROFILED_WORKS = ["forward", "grad-cam", "input-gradient"] as const;

export interface ProfileSettings {
  readonly network: string;
  readonly work: (typeof PROFILED_WORKS)[number];
  /** One of ours: how and in which Node it runs. */
  readonly entrant: EntrantName;
  readonly threads: number;
  readonly runs: number;
}

export interface OperatorTime extends Roofline {
  readonly pass: "forward" | "backward";
  /** Milliseconds over the runs. */
  readonly ms: Summary;
}

export interface Profile {
  readonly settings: ProfileSettings;
  readonly engine: Description;
  /** GFLOP/s of 128-bit fused multiply-adds on one core, measured between the runs. */
  readonly peak: number;
  /** Milliseconds of the whole call. */
  readonly total: Summary;
  /** Milliseconds of a call that no operator accounts for. */
  readonly outside: Summary;
  readonly operators: readonly OperatorTime[];
}

/** GFLOP/s; NaN for operators without multiplications. */
export const rateOf = (macs: number, ms: number): number => (macs === 0 ? NaN : (2 * macs) / ms / 1e6);

/** Operators of one kind and algorithm together. */
export interface KindTime {
  readonly kind: string;
  readonly count: number;
  readonly macs: number;
  readonly done: number;
  /** Sum of medians. */
  readonly ms: number;
}

/** By kind, the most expensive first. */
export function byKind(operators: readonly OperatorTime[]): KindTime[] {
  const groups = new Map<string, OperatorTime[]>();
  for (const operator of operators) {
    const title = titleOf(operator);
    groups.set(title, [...(groups.get(title) ?? []), operator]);
  }
  const times = [...groups].map(([kind, members]): KindTime => ({
    kind,
    count: members.length,
    macs: sum(members.map(({ macs }) => macs)),
    done: sum(members.map(({ done }) => done)),
    ms: sum(members.map(({ ms }) => ms.median)),
  }));
  return times.sort((a, b) => b.ms - a.ms);
}

const titleOf = ({ kind, algorithm, pass }: OperatorTime): string =>
  [kind, algorithm, pass === "backward" ? "(gradient)" : ""].filter((word) => word !== "").join(" ");
