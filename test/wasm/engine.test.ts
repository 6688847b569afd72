import { describe, expect, it } from "vitest";
import { BUILDS, bench, testEngine } from "../support/engine.ts";

describe.each(BUILDS)("engine, build %s", (build) => {
  it("rounds as the build promises", async () => {
    expect((await testEngine(build)).fma).toBe(build === "relaxed");
  });

  it("accumulates with every tail length", async () => {
    const engine = await testEngine(build);
    for (const n of [1, 2, 3, 4, 5, 7, 8, 13]) {
      const b = bench(engine);
      const x = b.tensor(
        [n],
        Float32Array.from({ length: n }, (_, i) => i + 1),
      );
      const y = b.tensor([n], new Float32Array(n).fill(10));
      engine.kernels.accumulate(x.ptr, y.ptr, n);
      expect([...b.read(y)]).toEqual(Array.from({ length: n }, (_, i) => i + 11));
      b.release();
    }
  });
});
