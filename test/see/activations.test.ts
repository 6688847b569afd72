import { afterAll, describe, expect, it } from "vitest";
import { drawFigure } from "../../src/image/figure.ts";
import { activationFigure, activations, loadModel, prepare, readImage } from "../../src/node.ts";
import type { LayerActivations } from "../../src/see/activations.ts";

const model = await loadModel(undefined, { engine: { threads: 1 } });
afterAll(() => model.dispose());
const cat = await readImage("examples/cat.jpg");

/** Two by two positions; channel 1 is dead, channel 2 has the largest mean. */
const ANSWERS: LayerActivations = {
  layer: "toy",
  tensor: { data: Float32Array.of(1, 0, 4, 0, 0, 5, 0, 0, 6, 3, 0, 7), shape: [1, 2, 2, 3] },
  channels: [
    { channel: 0, min: 0, max: 3, mean: 1, dead: false },
    { channel: 1, min: 0, max: 0, mean: 0, dead: true },
    { channel: 2, min: 4, max: 7, mean: 5.5, dead: false },
  ],
};
const notesOf = (options = {}): string[] =>
  activationFigure(ANSWERS, options).items.flatMap((item) => (item.kind === "text" ? [item.text] : []));

describe("activations", () => {
  it("are what the layer answers, with each channel's extremes and mean", async () => {
    const { tensor, channels } = await activations(model, cat, "_blocks.4");
    const { "_blocks.4": expected } = await model.run(prepare(model, cat), { outputs: ["_blocks.4"] });
    expect(tensor).toEqual(expected);
    const third = tensor.data.filter((_, i) => i % 40 === 3);
    expect(channels).toHaveLength(40);
    expect(channels[3]).toMatchObject({ channel: 3, min: Math.min(...third), max: Math.max(...third), dead: false });
    expect(channels[3]!.mean).toBeCloseTo(third.reduce((sum, v) => sum + v, 0) / third.length, 6);
  });

  it("mark channels that are 0 everywhere as dead", async () => {
    const { tensor, channels } = await activations(model, cat, "_relu_stem");
    const dead = channels.filter((channel) => channel.dead).map(({ channel }) => channel);
    expect(dead.length).toBeGreaterThan(0);
    expect(dead.length).toBeLessThan(32);
    expect(tensor.data.every((value, i) => value === 0 || !dead.includes(i % 32))).toBe(true);
  });

  it("refuse a layer that does not exist", async () => {
    await expect(activations(model, cat, "_block.4")).rejects.toMatchObject({ code: "E_TARGET_LAYER" });
  });
});

describe("activationFigure", () => {
  it("shows channels in their order, or by their means", () => {
    expect(notesOf()).toEqual(["toy", "0  max 3", "1  dead", "2  max 7"]);
    expect(notesOf({ sort: "activation" })).toEqual(["toy", "2  max 7", "0  max 3", "1  dead"]);
    expect(notesOf({ channels: [2, 0] })).toEqual(["toy", "2  max 7", "0  max 3"]);
  });

  it("scales every channel by itself, or all of them alike", () => {
    const tiles = (scale: "channel" | "layer") =>
      activationFigure(ANSWERS, { scale }).items.flatMap((item) => (item.kind === "picture" ? [item.image] : []));
    const [, , own] = tiles("channel");
    const [first, , shared] = tiles("layer");
    // Values 4 … 7 of 0 … 7: by itself the first cell is the darkest colour, next to the others it is not.
    expect([...own!.data.subarray(0, 3)]).toEqual([68, 1, 84]);
    expect([...shared!.data.subarray(0, 3)]).not.toEqual([68, 1, 84]);
    expect([...first!.data.subarray(3, 6)]).toEqual([68, 1, 84]);
  });

  it("paints dead channels in grays only", () => {
    const { items } = activationFigure(ANSWERS, { channels: [1] });
    const tile = items.find((item) => item.kind === "picture")!.image;
    const spread = [...tile.data].reduce(
      (most, _, i, data) => Math.max(most, Math.abs(data[i]! - data[i - (i % 3)]!)),
      0,
    );
    expect(spread).toBeLessThan(16);
    expect(drawFigure(activationFigure(ANSWERS)).data.length).toBeGreaterThan(0);
  });

  it("refuses channels that do not exist, and layers without positions", () => {
    expect(() => activationFigure(ANSWERS, { channels: [3] })).toThrow(/expected a channel from 0 to 2, got 3/);
    const flat = { ...ANSWERS, tensor: { data: new Float32Array(3), shape: [1, 3] } };
    expect(() => activationFigure(flat)).toThrow(/expected a map.*features\.npy/);
  });
});
