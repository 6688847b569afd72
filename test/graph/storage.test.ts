import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Buffer, placeBuffers } from "../../src/graph/storage.ts";

const buffers = fc.array(
  fc.record({ bytes: fc.integer({ min: 1, max: 5000 }), first: fc.nat(20), length: fc.nat(20) }),
  { minLength: 1, maxLength: 25 },
);

describe("buffer placement", () => {
  it("never lets two buffers overlap while both are alive", () => {
    fc.assert(
      fc.property(buffers, (drawn) => {
        const all: Buffer[] = drawn.map(({ bytes, first, length }) => ({ bytes, first, last: first + length }));
        const { offsets, bytes } = placeBuffers(all);
        all.forEach((a, i) => {
          expect(offsets[i]! + a.bytes).toBeLessThanOrEqual(bytes);
          expect(offsets[i]! % 64).toBe(0);
          all.slice(i + 1).forEach((b, k) => {
            const j = i + 1 + k;
            const together = a.first <= b.last && b.first <= a.last;
            const apart = offsets[i]! + a.bytes <= offsets[j]! || offsets[j]! + b.bytes <= offsets[i]!;
            expect(!together || apart).toBe(true);
          });
        });
      }),
    );
  });

  it("uses two buffers' worth of memory for a chain of equal layers", () => {
    const chain = Array.from({ length: 10 }, (_, i) => ({ bytes: 6400, first: i, last: i + 1 }));
    expect(placeBuffers(chain).bytes).toBe(12800);
  });
});
