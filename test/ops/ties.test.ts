/** What random values never meet: equal maxima, values on a corner, windows of zeros, cancelling digits. */
import { describe, expect, it } from "vitest";
import type { AnyOpType } from "../../src/ops/index.ts";
import type { Op } from "../../src/ops/op.ts";
import type { Shape } from "../../src/shape.ts";
import { type NDArray, ndarray } from "../reference/ndarray.ts";
import { BUILDS, testEngine } from "../support/engine.ts";
import { runBackward, runForward } from "./laboratory.ts";
import { allOps } from "../support/all-ops.ts";

const array = (shape: Shape, ...values: number[]): NDArray => ndarray(shape, Float64Array.from(values));

describe.each(BUILDS)("in the %s build", (build) => {
  /** y and the gradients of all inputs, for dy of ones or as given. */
  async function call(type: AnyOpType, inputs: readonly NDArray[], attrs: unknown, dyValues?: number[]) {
    const engine = await testEngine(build);
    const op = allOps[type] as Op;
    const y = runForward(engine, op, { inputs, attrs });
    const dy = array(y.shape, ...(dyValues ?? Array<number>(y.data.length).fill(1)));
    const gradients = runBackward(engine, op, { inputs, attrs }, { y, dy, wanted: inputs.map(() => true) });
    return { y: [...y.data], d: gradients.map((gradient) => [...gradient!.data]) };
  }

  const halving = { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] };

  it("maxPool gives the gradient of a window of zeros to its first pixel", async () => {
    const { y, d } = await call("maxPool", [array([1, 2, 2, 1], 0, 0, 0, 0)], halving);
    expect(y).toEqual([0]);
    expect(d).toEqual([[1, 0, 0, 0]]);
  });

  it.each([true, false])(
    "standardize without an epsilon answers 0 where nothing varies: centered %s",
    async (center) => {
      const value = center ? 3 : 0;
      const attrs = { axes: [1, 2, 3], epsilon: 0, center };
      const { y, d } = await call(
        "standardize",
        [array([1, 2, 1, 2], value, value, value, value)],
        attrs,
        [1, 2, 3, 5],
      );
      expect(y).toEqual([0, 0, 0, 0]);
      expect(d).toEqual([[0, 0, 0, 0]]);
    },
  );

  it("maxPool gives the gradient to the first of equal maxima in row order", async () => {
    const { d } = await call("maxPool", [array([1, 2, 4, 1], 1, 5, 7, 7, 5, 5, 7, 0)], halving, [3, 4]);
    expect(d).toEqual([[0, 3, 4, 0, 0, 0, 0, 0]]);
  });

  it("maxPool finds maxima below zero and never takes the padding", async () => {
    const attrs = { kernel: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1] };
    const { y, d } = await call("maxPool", [array([1, 2, 2, 1], -4, -3, -2, -5)], attrs);
    expect(y).toEqual([-2, -2, -2, -2]);
    expect(d).toEqual([[0, 0, 4, 0]]);
  });

  it("avgPool divides by the taps in the picture, or by all of them when padding counts", async () => {
    const attrs = { kernel: [2, 2], strides: [1, 1], padding: [0, 1, 0, 1] };
    const x = array([1, 2, 2, 1], 4, 8, 12, 16);
    expect((await call("avgPool", [x], attrs)).y).toEqual([10, 12, 14, 16]);
    expect((await call("avgPool", [x], { ...attrs, countIncludePad: true })).y).toEqual([10, 6, 7, 4]);
  });

  it("globalMaxPool shares the gradient evenly among pixels that tie", async () => {
    const x = array([1, 2, 2, 2], 3, 1, 3, 2, 0, 2, 3, 2);
    const { y, d } = await call("globalMaxPool", [x], { keepDims: false }, [6, 9]);
    expect(y).toEqual([3, 2]);
    expect(d).toEqual([[2, 0, 2, 3, 0, 3, 2, 3]]);
  });

  it("maximum and minimum give the gradient to their first operand when both are equal", async () => {
    const inputs = [array([3], 1, 2, 3), array([3], 2, 2, 2)];
    expect((await call("maximum", inputs, {})).d).toEqual([
      [0, 1, 1],
      [1, 0, 0],
    ]);
    expect((await call("minimum", inputs, {})).d).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });

  it("relu has no gradient at 0, and clippedRelu has none at either end", async () => {
    const x = array([5], -1, 0, 1, 6, 7);
    expect((await call("relu", [x], {})).d).toEqual([[0, 0, 1, 1, 1]]);
    expect((await call("clippedRelu", [x], { max: 6 })).d).toEqual([[0, 0, 1, 0, 0]]);
  });

  it("relu keeps a gradient of infinity or NaN away from pixels that are off", async () => {
    const { d } = await call("relu", [array([4], -1, -1, 1, 1)], {}, [NaN, Infinity, NaN, Infinity]);
    expect(d).toEqual([[0, 0, NaN, Infinity]]);
  });

  it("bilinear upsampling has half-pixel centres", async () => {
    const { y, d } = await call("upsample", [array([1, 1, 2, 1], 0, 1)], { factor: [1, 2], mode: "bilinear" });
    expect(y).toEqual([0, 0.25, 0.75, 1]);
    expect(d).toEqual([[2, 2]]);
  });

  it("batchNorm keeps its digits when the mean is a million deviations away", async () => {
    const x = array([4, 1], 1e6, 1e6 + 0.5, 1e6 + 1, 1e6 + 1.5);
    const channel = (value: number): NDArray => array([1], value);
    const parameters = [channel(1), channel(0), channel(1e6), channel(1)];
    const { y } = await call("batchNorm", [x, ...parameters], { epsilon: 0 });
    expect(y).toEqual([0, 0.5, 1, 1.5]);
  });

  it("softmax neither overflows nor hides what cannot be a distribution", async () => {
    expect((await call("softmax", [array([1, 3], 1e30, 1e30, -1e30)], {})).y).toEqual([0.5, 0.5, 0]);
    expect((await call("softmax", [array([1, 2], -Infinity, 0)], {})).y).toEqual([0, 1]);
    expect((await call("softmax", [array([1, 2], Infinity, 0)], {})).y).toEqual([NaN, NaN]);
  });

  it("reduce shares the gradient of an extreme among those that tie, and of a product with a zero gives it to the zero", async () => {
    const row = (fn: string, ...x: number[]) =>
      call("reduce", [array([1, x.length], ...x)], { fn, axes: [1], keepDims: false });
    expect((await row("max", 3, 1, 3)).d).toEqual([[0.5, 0, 0.5]]);
    expect((await row("min", 3, 1, 3)).d).toEqual([[0, 1, 0]]);
    expect((await row("prod", 2, 0, 3)).d).toEqual([[0, 6, 0]]);
    expect((await row("prod", 0, 0, 3)).d).toEqual([[0, 0, 0]]);
    expect((await row("l2", 0, 0)).d).toEqual([[0, 0]]);
  });

  it("reduce's logSumExp and logSoftmax neither overflow nor turn infinity into NaN where it has a meaning", async () => {
    const lse = async (...x: number[]) =>
      (await call("reduce", [array([1, x.length], ...x)], { fn: "logSumExp", axes: [1], keepDims: false })).y[0];
    expect(await lse(1e30, 0)).toBe(Math.fround(1e30));
    expect(await lse(-1e30, -Infinity)).toBe(Math.fround(-1e30));
    expect(await lse(-Infinity, -Infinity)).toBe(-Infinity);
    expect(await lse(Infinity, 0)).toBe(Infinity);
    expect((await call("logSoftmax", [array([1, 2], 1e30, -1e30)], { axis: 1 })).y).toEqual([0, Math.fround(-2e30)]);
  });

  it("unary rounds halves to even numbers and has no slope at a corner; pow has one where its exponent is 0", async () => {
    const halves = array([6], -2.5, -1.5, -0.5, 0.5, 1.5, 2.5);
    expect((await call("unary", [halves], { fn: "round" })).y.map((value) => value + 0)).toEqual([-2, -2, 0, 0, 2, 2]);
    expect((await call("unary", [array([3], -1, 0, 1)], { fn: "abs" })).d).toEqual([[-1, 0, 1]]);
    const { y, d } = await call("pow", [array([3], 0, 0, -2), array([3], 0, 2, 3)], {});
    expect(y).toEqual([1, 0, -8]);
    expect(d).toEqual([
      [0, 0, 12],
      [0, 0, 0],
    ]);
  });

  it("where keeps NaN of what was not taken out of the answer and out of the gradient", async () => {
    const inputs = [array([2], 1, 0), array([2], 1, NaN), array([2], NaN, 2)];
    const { y, d } = await call("where", inputs, {}, [3, 4]);
    expect(y).toEqual([1, 2]);
    expect(d).toEqual([
      [0, 0],
      [3, 0],
      [0, 4],
    ]);
  });

  it("globalAveragePool of ninety thousand equal pixels is that pixel", async () => {
    const pixel = Math.fround(0.1);
    const x = ndarray([1, 300, 300, 5], new Float64Array(300 * 300 * 5).fill(pixel));
    const { y } = await call("globalAveragePool", [x], { keepDims: false });
    for (const value of y) expect(Math.abs(value / pixel - 1)).toBeLessThan(1e-6);
  });
});
