/** Convolution, depthwise convolution and dense: every stride, dilation, group count and tail length. */
import type { FusedActivation } from "../../../src/ops/fused-activation.ts";
import type { Padding, Pair } from "../../../src/shape.ts";
import type { Window } from "../../../src/wasm/conv-geometry.ts";
import { conv2d } from "../../reference/conv2d.ts";
import { dense } from "../../reference/dense.ts";
import { depthwiseConv2d } from "../../reference/depthwise-conv2d.ts";
import type { NDArray, Twin } from "../../reference/ndarray.ts";
import type { Random } from "../../support/random.ts";
import { CHANNELS, channelsFor, type OpCase, opCase, type Sample } from "../op-case.ts";

/** No pre-activation lies closer than this to a bound of the clamp: central differences must not cross one. */
const MARGIN = 2e-3;

interface Clamped {
  readonly activation?: FusedActivation;
}

/** Draws until the results before the activation keep away from its bounds. */
function clear<Attrs extends Clamped>(twin: Twin<Attrs>, draw: () => Sample<Attrs>): Sample<Attrs> {
  for (;;) {
    const sample = draw();
    const { activation, ...plain } = sample.attrs;
    if (!activation) return sample;
    const bounds = [0, activation.kind === "relu" ? Infinity : activation.max];
    const { data } = twin(sample.inputs, plain as Attrs);
    if (data.every((value) => bounds.every((bound) => Math.abs(value - bound) > MARGIN))) return sample;
  }
}

/** None, relu and clipped relu in turn. */
function activationFor(trial: number): Clamped {
  if (trial % 3 === 0) return {};
  return { activation: trial % 3 === 1 ? { kind: "relu" } : { kind: "clipped-relu", max: 1.5 } };
}

const pair = (random: Random, low: number, high: number): Pair => [random.int(low, high), random.int(low, high)];

const anyPadding = (random: Random): Padding => [
  random.int(0, 3),
  random.int(0, 3),
  random.int(0, 3),
  random.int(0, 3),
];

/** Large enough for the kernel whatever the padding. */
const inputSide = (random: Random, kernel: number, dilation: number): number =>
  dilation * (kernel - 1) + 1 + random.int(0, 4);

interface Drawn {
  readonly kernel: Pair;
  readonly side: Pair;
  readonly window: Window;
}

function anyWindow(random: Random, strides: Pair = pair(random, 1, 3)): Drawn {
  const kernel = pair(random, 1, 4);
  const dilations = pair(random, 1, 2);
  const side: Pair = [inputSide(random, kernel[0], dilations[0]), inputSide(random, kernel[1], dilations[1])];
  return { kernel, side, window: { strides, dilations, padding: anyPadding(random) } };
}

function convolution(about: string, channels: (trial: number) => readonly [inC: number, outC: number, groups: number]) {
  return opCase<"conv2d">({
    op: "conv2d",
    about,
    sample: (random, trial) =>
      clear(conv2d, () => {
        const { kernel, side, window } = anyWindow(random, trial % 2 ? [1, 1] : pair(random, 1, 3));
        const [inC, outC, groups] = channels(trial);
        const x = random.array([random.int(1, 2), ...side, inC]);
        const w = random.array([...kernel, inC / groups, outC], { scale: 0.3 });
        const b = trial % 4 < 2 ? random.array([outC]) : undefined;
        const attrs = { ...window, groups, ...activationFor(trial) };
        return { inputs: [x, w, b, residual(random, trial, x, w, attrs)], attrs };
      }),
  });
}

const residual = (
  random: Random,
  trial: number,
  x: NDArray,
  w: NDArray,
  attrs: Window & { groups: number },
): NDArray | undefined => (trial % 4 === 1 || trial % 4 === 2 ? random.array(conv2d([x, w], attrs).shape) : undefined);

const tail = (trial: number): number => CHANNELS[(trial * 5 + 3) % CHANNELS.length]!;

/** Tiles of 4×4 that the output ends within, channels that vectors and panels end within. */
const winograd = opCase<"conv2d">({
  op: "conv2d",
  about: "Winograd",
  tolerance: 5e-6,
  spreadsNaN: true,
  sample: (random, trial) =>
    clear(conv2d, () => {
      const x = random.array([random.int(1, 2), random.int(3, 10), random.int(3, 10), channelsFor(trial)]);
      const w = random.array([3, 3, x.shape[3]!, tail(trial)], { scale: 0.3 });
      const b = trial % 4 < 2 ? random.array([w.shape[3]!]) : undefined;
      const window: Window = { strides: [1, 1], dilations: [1, 1], padding: anyPadding(random) };
      const attrs = { ...window, groups: 1, algorithm: "winograd" as const, ...activationFor(trial) };
      return { inputs: [x, w, b, residual(random, trial, x, w, attrs)], attrs };
    }),
});

/** 1×1 on a few pixels: every number of rows that a register tile leaves over. */
const pointwise = opCase<"conv2d">({
  op: "conv2d",
  about: "1×1 with every number of pixels",
  sample: (random, trial) =>
    clear(conv2d, () => {
      const inC = channelsFor(trial);
      const x = random.array([1, 1, trial + 1, inC]);
      const w = random.array([1, 1, inC, tail(trial)], { scale: 0.3 });
      const window: Window = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0] };
      return { inputs: [x, w, random.array([w.shape[3]!])], attrs: { ...window, groups: 1, ...activationFor(trial) } };
    }),
});

const depthwise = (
  about: string,
  draw: (random: Random, trial: number) => Drawn,
  multiplier: (trial: number) => number,
) =>
  opCase<"depthwiseConv2d">({
    op: "depthwiseConv2d",
    about,
    sample: (random, trial) =>
      clear(depthwiseConv2d, () => {
        const { kernel, side, window } = draw(random, trial);
        const channels = channelsFor(trial);
        const x = random.array([random.int(1, 2), ...side, channels]);
        const w = random.array([...kernel, channels, multiplier(trial)], { scale: 0.5 });
        const b = trial % 2 ? random.array([channels * multiplier(trial)]) : undefined;
        return { inputs: [x, w, b], attrs: { ...window, ...activationFor(trial) } };
      }),
  });

/** The shapes with kernels of their own: 3×3 and 5×5, strides 1 and 2, every width and border. */
function commonWindow(random: Random, trial: number): Drawn {
  const k = trial % 2 ? 3 : 5;
  const stride = trial % 4 < 2 ? 1 : 2;
  return {
    kernel: [k, k],
    side: [random.int(k, 7), random.int(k, 15)],
    window: { strides: [stride, stride], dilations: [1, 1], padding: anyPadding(random) },
  };
}

/** Whole vectors of channels, which have tiles of their own: narrow maps down to 1×1, lines apart, kernels not square. */
const quads = opCase<"depthwiseConv2d">({
  op: "depthwiseConv2d",
  about: "whole vectors of channels",
  trials: 16,
  sample: (random, trial) =>
    clear(depthwiseConv2d, () => {
      const kernel: Pair = [[3, 5, 1, 2][trial % 4]!, trial % 2 ? 3 : 5];
      const stride = trial % 8 < 4 ? 1 : 2;
      const padding: Padding = [random.int(0, 4), random.int(0, 4), random.int(2, 4), random.int(2, 4)];
      const dilations: Pair = [random.int(1, 2), 1];
      const least = Math.max(1, dilations[0] * (kernel[0] - 1) + 1 - padding[0] - padding[1]);
      const x = random.array([random.int(1, 2), random.int(least, least + 4), random.int(1, 14), 4 * random.int(1, 5)]);
      const w = random.array([...kernel, x.shape[3]!, 1], { scale: 0.5 });
      const b = trial % 3 ? random.array([x.shape[3]!]) : undefined;
      const window: Window = { strides: [random.int(1, 2), stride], dilations, padding };
      return { inputs: [x, w, b], attrs: { ...window, ...activationFor(trial) } };
    }),
});

const fullyConnected = opCase<"dense">({
  op: "dense",
  trials: 15,
  sample: (random, trial) =>
    clear(dense, () => {
      const n = [1, 2, 3, 1, 5][trial % 5]!;
      const x = random.array([n, channelsFor(trial)]);
      if (trial % 2) x.data.forEach((value, i) => (x.data[i] = Math.max(value, 0)));
      const w = random.array([x.shape[1]!, tail(trial)], { scale: 0.4 });
      const b = trial % 3 ? random.array([w.shape[1]!]) : undefined;
      return { inputs: [x, w, b], attrs: activationFor(trial) };
    }),
});

/** Weights of some positions, met by a row that is the same at all of them. */
const alikeEverywhere = opCase<"dense">({
  op: "dense",
  about: "the same row at several positions",
  sample: (random, trial) =>
    clear(dense, () => {
      const positions = [1, 2, 4, 9, 49][trial % 5]!;
      const x = random.array([[1, 2, 5][trial % 3]!, channelsFor(trial)]);
      const w = random.array([positions * x.shape[1]!, tail(trial)], { scale: 0.4 });
      return { inputs: [x, w, random.array([w.shape[1]!])], attrs: { ...activationFor(trial), positions } };
    }),
});

export const productCases: readonly OpCase[] = [
  convolution("odd channel counts", (trial) => [channelsFor(trial), tail(trial), 1]),
  convolution(
    "groups",
    (trial) =>
      [
        [2, 2, 2],
        [6, 9, 3],
        [4, 20, 2],
        [15, 5, 5],
      ][trial % 4]! as [number, number, number],
  ),
  convolution("more channels than are gathered", (trial) => [[16, 13, 19][trial % 3]!, [5, 8, 12][trial % 3]!, 1]),
  winograd,
  pointwise,
  depthwise(
    "any window and multiplier",
    (random) => anyWindow(random),
    (trial) => (trial % 3) + 1,
  ),
  depthwise("3×3 and 5×5", commonWindow, () => 1),
  quads,
  fullyConnected,
  alikeEverywhere,
] as readonly OpCase[];
