/**
 * Ten thousand changed HDF5 files, in the worker that the package reads them in: read or refused with a code. A worker of its own for
 * each takes 150 ms, nearly all of them to compile the library; so a worker reads some hundred files before it is renewed.
 */
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { hdf5Starter } from "../../src/node/hdf5-worker.ts";
import { judge } from "./judge.ts";
import { KeptWorker } from "./kept-worker.ts";
import { hdf5, readHdf5 } from "./targets/hdf5.ts";
import { golden } from "./targets/target.ts";

const RUNS = 10_000;
/** Files for one worker. */
const KEPT = 250;
/** Bytes: files of one or two layers, at a millisecond each. Whole models take ten. */
const SMALL = 14_000;
/** Milliseconds that a file may take in a worker of others, and in one of its own, before that is ended as the package does. */
const SOON = 500;
const ALONE = 2500;
/** What the library's state after other files may be the cause of. */
const OF_THE_WORKER = new Set(["E_OUT_OF_MEMORY", "E_TIME_LIMIT", "E_WORKER"]);
/** Numbers of all sizes that lengths and addresses trip over. */
const PIECES = [
  [0],
  [0, 0, 0, 0, 0, 0, 0, 0],
  [255, 255, 255, 255, 255, 255, 255, 255],
  [255, 255, 255, 127],
  [0, 0, 0, 1],
];

const worker = new KeptWorker(hdf5Starter(new URL("../../src/generated/node-hdf5-worker.js", import.meta.url)));
afterAll(() => {
  worker.end();
});

/** Bytes are overwritten, as addresses count from the file's beginning; mostly such as are not zero: most zeros are never read. */
const change = fc.record({
  at: fc.noBias(fc.nat(1_000_000)).map((n) => n / 1_000_001),
  isAnywhere: fc.nat(3).map((n) => n === 0),
  put: fc.oneof(fc.constantFrom(...PIECES), fc.array(fc.nat(255), { minLength: 1, maxLength: 3 })),
});

const outcomeOf = (bytes: Uint8Array, hdf5Milliseconds: number): Promise<string> =>
  judge(() => readHdf5(bytes, { startHdf5: worker.connect, limits: { hdf5Milliseconds } }));

/** As in a worker of its own: what another file's worker may be the cause of is asked of a new one. */
async function judged(bytes: Uint8Array): Promise<string> {
  const outcome = await outcomeOf(bytes, SOON);
  if (!OF_THE_WORKER.has(outcome)) return outcome;
  worker.end();
  const alone = await outcomeOf(bytes, ALONE);
  worker.end();
  // A TypeError of ours there, or the end of the whole worker: coded, and a defect all the same.
  expect(alone).not.toBe("E_WORKER");
  return alone;
}

it("row 7: changed files for hdf5 are read or refused with a code", async () => {
  const seeds = (await hdf5.seeds()).map((bytes) => ({
    bytes,
    filled: [...bytes.keys()].filter((at) => bytes[at] !== 0),
  }));
  const small = seeds.filter(({ bytes }) => bytes.length <= SMALL);
  const models = seeds.filter(({ bytes }) => bytes.length > SMALL);
  const file = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...small) }, fc.constantFrom(...models));
  const sound = golden("h5/latest-format.h5");
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(file, fc.array(change, { minLength: 1, maxLength: 3 }), async ({ bytes, filled }, changes) => {
      const changed = bytes.slice();
      for (const { at, isAnywhere, put } of changes) {
        const start = isAnywhere ? Math.floor(at * bytes.length) : filled[Math.floor(at * filled.length)]!;
        changed.set(put.slice(0, bytes.length - start), start);
      }
      const outcome = await judged(changed);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (worker.files < KEPT) return;
      // A library that the other files broke would refuse everything, and prove nothing.
      expect(await outcomeOf(sound, DEFAULT_LIMITS.hdf5Milliseconds)).toBe("read");
      worker.end();
    }),
    // Without a search for a smaller change: some take seconds each.
    { numRuns: RUNS, seed: 7, endOnFailure: true },
  );
  // The changes reach beyond the first check, into what follows when the library has read a file.
  expect(outcomes.size).toBeGreaterThan(10);
  // The library has loops that damaged files keep in it: they are ended, and seldom.
  expect(outcomes.get("E_TIME_LIMIT") ?? 0).toBeLessThan(RUNS / 200);
}, 300_000);
