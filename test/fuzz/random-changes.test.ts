/** Ten thousand changed files of each parser: read or refused with a code. HDF5 has a test of its own beside this one. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { judge } from "./judge.ts";
import { targets } from "./targets/index.ts";

const RUNS = 10_000;
/** Of larger files most changes hit nothing but weights. */
const LARGEST = 4096;
/** Numbers of all sizes that protocol buffers, headers and JSON trip over. */
const PIECES = [
  [0],
  [255, 255, 255, 255],
  [0x80, 0x80, 0x80, 0x80, 0x10],
  [...Buffer.from("-1")],
  [...Buffer.from("1e9")],
];

const change = fc.record({
  at: fc.noBias(fc.nat(1_000_000)).map((n) => n / 1_000_001),
  removed: fc.nat(3),
  put: fc.oneof(fc.constantFrom(...PIECES), fc.array(fc.nat(255), { minLength: 1, maxLength: 3 })),
});

/** TensorFlow.js has such tests beside its other ones, HDF5 beside this one. */
const PARSERS = Object.entries(targets).filter(([name]) => name !== "tfjs" && name !== "hdf5");

it.each(PARSERS)(
  "row 7: changed files for %s are read or refused with a code",
  async (parser, { seeds, read }) => {
    const all = await seeds();
    const small = all.filter(({ length }) => length <= LARGEST);
    const files = small.length > 0 ? small : all;
    const outcomes = new Map<string, number>();
    const changes = fc.array(change, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.nat(files.length - 1), changes, async (index, list) => {
        let bytes: readonly number[] = [...files[index]!];
        for (const { at, removed, put } of list) {
          const start = Math.floor(at * bytes.length);
          bytes = [...bytes.slice(0, start), ...put, ...bytes.slice(start + Math.min(removed, put.length))];
        }
        const outcome = await judge(() => read(Uint8Array.from(bytes)));
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
      { numRuns: RUNS, seed: 7 },
    );
    // The changes reach beyond the first check; pictures have no further one than whether a bitmap is one.
    expect(outcomes.size).toBeGreaterThan(parser === "pictures" ? 1 : 2);
  },
  120_000,
);
