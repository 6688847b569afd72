/** Weight gradients are used, not only tested: a network learns from nothing with them, in both builds. */
import { describe, expect, it } from "vitest";
import { drawBatch, seeded } from "../../examples/train-tiny/shapes.mjs";
import { accuracy, confusion, train } from "../../examples/train-tiny/train.mjs";
import { explain } from "../../src/node.ts";
import { BUILDS } from "../support/engine.ts";

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;

describe.each(BUILDS)("a small network, build %s", (build) => {
  it("learns discs, squares and crosses in 250 steps, and can say where it saw one", async () => {
    const { model, losses } = await train({ steps: 250, model: { engine: { build } } });
    expect(model.engine.build).toBe(build);
    expect(mean(losses.slice(0, 10))).toBeGreaterThan(1);
    expect(mean(losses.slice(-25))).toBeLessThan(0.3);
    const heldOut = seeded(2);
    expect(accuracy(await confusion(model, drawBatch(heldOut, 500)))).toBeGreaterThanOrEqual(0.93);

    const { tensor } = drawBatch(heldOut, 1);
    const { layer, map, warnings } = await explain(model, tensor);
    expect(layer).toBe("features");
    expect([map.width, map.height]).toEqual([24, 24]);
    expect(warnings).toEqual([]);
    expect(map.data.reduce((a, b) => Math.max(a, b))).toBeGreaterThan(0.5);
    model.dispose();
  });

  it("learns the same from the same seed", async () => {
    const losses = async (): Promise<number[]> => {
      const run = await train({ steps: 5, model: { engine: { build } } });
      run.model.dispose();
      return run.losses;
    };
    expect(await losses()).toEqual(await losses());
  });
});

it("draws each class about as often, and the same pictures from the same seed", () => {
  const { tensor, labels } = drawBatch(seeded(7), 600);
  for (const label of [0, 1, 2]) expect(labels.filter((l) => l === label).length).toBeGreaterThan(160);
  expect(tensor.shape).toEqual([600, 24, 24, 1]);
  expect(drawBatch(seeded(7), 600)).toEqual({ tensor, labels });
});
