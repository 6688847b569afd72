/** Nothing is left behind: not by models that come and go, not by explanations on one model. */
import { describe, expect, it } from "vitest";
import { explain, loadModel, type HostTensor } from "../src/node.ts";
import { seeded } from "./support/random.ts";

/**
 * All weights of the embedded model, and pictures of a twelfth of its pixels: what could be left behind is as large and as
 * often, but most of the time of a forward pass, which proves nothing here, is saved.
 */
const SMALL = { inputShape: [64, 64] } as const;
const random = seeded(11);
const input: HostTensor = {
  data: Float32Array.from({ length: 64 * 64 * 3 }, () => random.uniform(-1, 1)),
  shape: [1, 64, 64, 3],
};
const MIB = 2 ** 20;

/** The middle one; the upper of two. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Resident memory after a full collection; the second pass lets finalizers of freed wasm memories run. */
async function settledMemory(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().rss;
}

describe("memory", () => {
  // What every round leaves behind shows between most readings (400 kB a round do). V8 14 (Node 26) once takes 30 to
  // 70 MB more for itself, at any time in the first hundreds of rounds, and stays there: a step, not a slope.
  it("is flat over 200 rounds of load, explain and dispose", { timeout: 240_000 }, async () => {
    const readings: number[] = [];
    for (let round = 1; round <= 200; round++) {
      const model = await loadModel(undefined, SMALL);
      await explain(model, input);
      model.dispose();
      if (round % 20 === 0) readings.push(await settledMemory());
    }
    const growths = readings.slice(1).map((reading, i) => reading - readings[i]!);
    expect(median(growths)).toBeLessThanOrEqual(1 * MIB);
    expect(readings.at(-1)! - readings[0]!).toBeLessThanOrEqual(100 * MIB);
  });

  it("does not grow over 2,000 explanations on one model", { timeout: 240_000 }, async () => {
    const model = await loadModel(undefined, SMALL);
    await explain(model, input);
    await explain(model, input, { layer: "_blocks.10" });
    const pages = model.memoryBytes;
    for (let i = 0; i < 2000; i++)
      await explain(model, input, { target: i % 1000, ...(i % 50 === 0 && { layer: "_blocks.10" }) });
    expect(model.memoryBytes).toBe(pages);
    model.dispose();
  });
});
