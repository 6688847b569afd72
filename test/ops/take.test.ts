/** How often kernels are called to move elements: a file may ask for 10^8 copies of one number. */
import { describe, expect, it } from "vitest";
import type { OpContext } from "../../src/ops/op.ts";
import { tile } from "../../src/ops/files/tile.ts";
import type { Shape } from "../../src/shape.ts";

/** Calls that a tile of `shape` makes. */
function callsOf(shape: Shape, repeats: readonly number[]): number {
  let calls = 0;
  const kernels = { copyBlock: () => calls++, addBlock: () => calls++, clear: () => undefined };
  const ctx = { kernels, scratch: () => 0 } as unknown as OpContext;
  const x = { ptr: 0, shape, dtype: "f32" } as const;
  const y = { ...x, shape: tile.shape([shape], { repeats }, "tile") };
  tile.forward(ctx, [x], y, { repeats });
  tile.backward(ctx, { attrs: { repeats }, inputs: [x], y: undefined, dy: y, dInputs: [x] });
  return calls / 2;
}

describe("copies of the same elements", () => {
  it("are made in one call for each row, however many there are", () => {
    expect(callsOf([1, 1, 1], [1, 2 ** 20])).toBe(1);
    expect(callsOf([1, 4, 3], [1, 2 ** 20])).toBe(4);
  });

  it("are made in one call for each copy where there are more rows", () => {
    expect(callsOf([1, 2 ** 10, 3], [1, 2])).toBe(2);
  });
});
