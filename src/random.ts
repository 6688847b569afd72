/** A seeded source of random numbers: the same seed gives the same numbers on every machine. */
import { GradCamError } from "./errors.ts";

export interface Random {
  /** Uniform in [low, high). */
  readonly uniform: (low: number, high: number) => number;
  /** Standard normal. */
  readonly normal: () => number;
}

/** Throws E_OPTION. */
export function checkSeed(seed: unknown): void {
  if (Number.isSafeInteger(seed)) return;
  throw new GradCamError("E_OPTION", { where: "seed", expected: "a whole number", got: String(seed) });
}

/** Stream `stream` of seed `seed`: independent of all other streams, so that samples can be made in any order. */
export function randomStream(seed: number, stream: number): Random {
  const next = sfc32(seed, stream);
  return {
    uniform: (low, high) => low + (high - low) * next(),
    // Box and Muller's transform; 1 − next() is never 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** Rounds after which the words of the seed have reached all bits. */
const WARM_UP = 12;

/** Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, a counter among them, so that no stream is short. */
function sfc32(seed: number, stream: number): () => number {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, stream | 0, 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < WARM_UP; i++) next();
  return next;
}
