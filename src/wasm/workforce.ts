/** How many threads an engine gets: what was asked for, as far as the place allows. */
import { GradCamError } from "../errors.ts";
import type { StartWorker } from "./crew.ts";
import type { Limits } from "./team.ts";

/** The workers that a platform can start. */
export interface Workforce {
  /** Threads that really run at the same time. */
  cores(): number;
  readonly start: StartWorker;
}

export type Threads = number | "auto";

/** Past eight threads, what is left of a layer for each is soon too little to be worth sharing. */
const MOST_AUTOMATIC = 8;
/** Workers and the caller have a bit each in a word, and a chunk each in a job. */
const MOST_THREADS = 31;

/** The threads of an engine and, when they are fewer than they could be, why. */
export interface Allotment {
  readonly threads: number;
  readonly start?: StartWorker;
  readonly note?: string;
  readonly limits?: Limits;
}

/** Throws E_OPTION unless `threads` is "auto" or a number that can be. */
export function allot(threads: Threads, workforce: Workforce | undefined, ownModule: boolean): Allotment {
  checkThreads(threads);
  if (threads === 1) return { threads };
  if (ownModule) {
    if (threads === "auto") return { threads: 1, note: "engine.module is a build for one thread" };
    throw new GradCamError("E_OPTION", {
      where: "engine.threads",
      expected: '1 or "auto" with engine.module, which is a build for one thread',
      got: String(threads),
    });
  }
  if (!workforce) return { threads: 1, note: "gradcam-wasm/core starts no workers" };
  if (typeof SharedArrayBuffer === "undefined") {
    return { threads: 1, note: "no SharedArrayBuffer: the page is not cross-origin isolated" };
  }
  const count = threads === "auto" ? Math.min(MOST_AUTOMATIC, workforce.cores()) : threads;
  return count > 1 ? { threads: count, start: workforce.start } : { threads: 1 };
}

function checkThreads(threads: Threads): void {
  if (threads === "auto" || (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) return;
  throw new GradCamError("E_OPTION", {
    where: "engine.threads",
    expected: `"auto" or a whole number from 1 to ${MOST_THREADS}`,
    got: String(threads),
  });
}
