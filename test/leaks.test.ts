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

/**
 * What V8 takes for itself in 200 rounds: since version 12 (Node 22) its code and its collector may take steps of 20 to 70 MB, at
 * any time, that are no slope. A model that is left behind would be 20 MiB each round.
 */
const OWN_MIB = Number(process.versions.v8.split(".")[0]) >= 12 ? 100 : 20;

/** Resident memory after a full collection; the second pass lets finalizers of freed wasm memories run. */
async function settledMemory(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().rss;
}

describe("memory", () => {
  it("is flat over 200 rounds of load, explain and dispose", { timeout: 240_000 }, async () => {
    const readings: number[] = [];
    for (let round = 1; round <= 200; round++) {
      const model = await loadModel(undefined, SMALL);
      await explain(model, input);
      model.dispose();
      if (round % 20 === 0) readings.push(await settledMemory());
    }
    const [after20, ...later] = readings;
    expect(Math.max(...later) - after20!).toBeLessThanOrEqual(OWN_MIB * MIB);
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
