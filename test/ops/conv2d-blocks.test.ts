/**
 * Tensors too large for one block of anything: bands of lines, blocks of channels, pieces of cols, several pictures.
 * ⟨conv(x, w), dz⟩ = ⟨x, dx⟩ = ⟨w, dw⟩, with dz = dy masked here by hand.
 */
import { describe, expect, it } from "vitest";
import { conv2d, type Conv2dAttrs } from "../../src/ops/conv2d.ts";
import { ndarray, dot, norm, relativeL2 } from "../reference/ndarray.ts";
import { CORES, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";
import { outputShape, runBackward, runForward } from "./laboratory.ts";

const window = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;
const CASES: readonly (readonly [title: string, attrs: Conv2dAttrs])[] = [
  ["Winograd", { ...window, padding: [2, 0, 1, 1], algorithm: "winograd", activation: { kind: "relu" } }],
  ["strides of 1", { ...window, activation: { kind: "relu" } }],
  ["dilated, padded unevenly", { ...window, dilations: [3, 1], padding: [7, 0, 0, 2], activation: { kind: "relu" } }],
  ["groups", { ...window, groups: 2, activation: { kind: "clipped-relu", max: 0.5 } }],
  ["strides of 2", { ...window, strides: [2, 2], activation: { kind: "relu" } }],
  ["strides and groups, without an activation", { ...window, strides: [1, 2], groups: 2 }],
];

describe.each(CORES)("a large convolution in the %s build", (build) => {
  it.each(CASES)("and its gradients are adjoint: %s", async (_, attrs) => {
    const engine = await testEngine(build);
    const random = seeded(1);
    const x = random.array([2, 20, 66, 110]);
    const w = random.array([3, 3, 110 / attrs.groups, 200], { scale: 0.03 });
    const linear = { ...window, ...attrs, activation: undefined };
    const fx = runForward(engine, conv2d, { inputs: [x, w], attrs: linear });
    const shape = outputShape(conv2d, { inputs: [x, w], attrs });
    const [y, dy, r] = [random.array(shape), random.array(shape), random.array(shape)];
    const inputs = [x, w, random.array([200]), r];
    const wanted = [true, true, true, true];
    const [dx, dw, db, dr] = runBackward(engine, conv2d, { inputs, attrs }, { y, dy, wanted });

    const high = attrs.activation?.kind === "clipped-relu" ? attrs.activation.max : Infinity;
    const dz = attrs.activation
      ? dy.data.map((value, i) => (y.data[i]! > 0 && y.data[i]! < high ? value : 0))
      : dy.data;
    const scale = norm(fx.data) * norm(dz);
    expect(Math.abs(dot(x.data, dx!.data) - dot(fx.data, dz))).toBeLessThanOrEqual(1e-7 * scale);
    expect(Math.abs(dot(w.data, dw!.data) - dot(fx.data, dz))).toBeLessThanOrEqual(1e-7 * scale);
    expect(relativeL2(dr!.data, dz)).toBe(0);
    const sums = ndarray([200]);
    dz.forEach((value, i) => (sums.data[i % 200]! += value));
    expect(relativeL2(db!.data, sums.data)).toBeLessThanOrEqual(1e-6);
  });
});
