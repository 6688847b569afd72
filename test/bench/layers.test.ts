import { expect, it } from "vitest";
import { byKind, type OperatorTime, type Profile } from "../../bench/layers/profile.ts";
import { rooflineOf } from "../../bench/layers/roofline.ts";
import { kindTable, operatorTable } from "../../bench/layers/table.ts";
import { summarize } from "../../bench/statistics.ts";
import type { OperatorCall } from "../../src/graph/execute.ts";
import type { Node } from "../../src/graph/graph.ts";

const window = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;

function convolution(algorithm: "winograd" | undefined, targets: OperatorCall["targets"]): OperatorCall {
  const attrs = algorithm ? { ...window, algorithm } : window;
  const node: Node = { op: "conv2d", name: "conv", inputs: [0, 1], output: 2, attrs };
  return {
    node,
    targets,
    shapes: [
      [1, 10, 10, 16],
      [3, 3, 16, 32],
      [1, 10, 10, 32],
    ],
  };
}

it("counts what the plain sum multiplies, and what Winograd does with whole tiles at the edges", () => {
  const plain = { macs: 10 * 10 * 9 * 16 * 32, kind: "conv 3×3", shape: "10×10×16 → 10×10×32" };
  expect(rooflineOf(convolution(undefined, undefined))).toMatchObject({
    ...plain,
    algorithm: "direct",
    done: plain.macs,
  });
  const done = 3 * 3 * 36 * 16 * 32;
  expect(rooflineOf(convolution("winograd", undefined))).toMatchObject({ ...plain, algorithm: "winograd", done });
});

it("counts one sum for each gradient that is asked for", () => {
  const { macs } = rooflineOf(convolution(undefined, undefined));
  expect(rooflineOf(convolution(undefined, [0, undefined])).macs).toBe(macs);
  expect(rooflineOf(convolution(undefined, [0, 1])).macs).toBe(2 * macs);
});

const operator = (name: string, ms: number): OperatorTime => ({
  ...rooflineOf(convolution(undefined, undefined)),
  name,
  pass: "forward",
  ms: summarize([ms]),
});

const profile: Profile = {
  settings: { network: "vgg16", work: "forward", entrant: "gradcam-wasm", threads: 2, runs: 1 },
  engine: { build: "relaxed", threads: 2, turbo: true, node: "26.0.0" },
  peak: 50,
  total: summarize([0.5]),
  outside: summarize([0.2]),
  operators: [operator("a", 0.1), operator("b", 0.2)],
};

it("adds up operators of one kind", () => {
  const { macs } = rooflineOf(convolution(undefined, undefined));
  expect(byKind(profile.operators)).toEqual([
    { kind: "conv 3×3 direct", count: 2, macs: 2 * macs, done: 2 * macs, ms: expect.closeTo(0.3, 10) as number },
  ]);
});

it("shows each operator as a share of the time and of the peak: twice as wide in turbo, once per thread", () => {
  // 460 800 multiply-adds in 0.1 ms are 9.2 GFLOP/s of 50 · 2 · 2.
  expect(operatorTable(profile)).toMatch(/\| a +\| .*\| 0\.100 \| .*\| 9\.2 +\| 4\.6 % +\| 20\.0 % +\|/);
  expect(kindTable(profile)).toMatch(/\| between operators \| +\| 0\.20 \| 40\.0 % /);
});
