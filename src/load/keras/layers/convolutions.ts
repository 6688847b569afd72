/** Convolutions and dense layers; kernels lie in files as operators want them. After keras/src/layers/convolutional/. */
import type { ValueId } from "../../../graph/graph.ts";
import { elements, type Padding, type Pair, resolvePadding } from "../../../shape.ts";
import { withActivation } from "./activation-functions.ts";
import { type LayerCall, type LayerRule, type LayerRules, only } from "./rule.ts";

interface Sliding {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding;
}

/** Kernel, strides, dilation and padding of a layer that slides over [N,H,W,C]. */
function sliding(call: LayerCall, x: ValueId): Sliding {
  const { attributes } = call;
  const kernel = attributes.pair("kernel_size");
  const strides = attributes.pair("strides", [1, 1]);
  const dilations = attributes.pair("dilation_rate", [1, 1]);
  const padding = attributes.choice("padding", ["valid", "same"], "valid");
  if ([...kernel, ...strides, ...dilations].includes(0)) throw attributes.invalid("strides", "sizes of at least 1", 0);
  return { kernel, strides, dilations, padding: resolvePadding(padding, call.shape(x), kernel, strides, dilations) };
}

const channelsOf = (call: LayerCall, x: ValueId): number => call.shape(x).at(-1)!;

/** Adds the vector `bias`, where the layer has one. */
const biasOf = (call: LayerCall, size: number): ValueId | undefined =>
  call.attributes.flag("use_bias", true) ? call.weight("bias", [size]) : undefined;

/** With a channel in each group the same numbers are a depthwise kernel [kH,kW,C,F/C], for which there is a kernel of its own. */
const conv2d: LayerRule = (call) => {
  const x = only(call);
  const { kernel, ...window } = sliding(call, x);
  const channels = channelsOf(call, x);
  const filters = call.attributes.count("filters");
  const groups = call.attributes.count("groups", 1);
  const isDepthwise = groups > 1 && groups === channels && filters % groups === 0;
  const view = isDepthwise ? [...kernel, channels, filters / channels] : undefined;
  const w = call.weight("kernel", [...kernel, Math.floor(channels / groups), filters], view);
  const b = biasOf(call, filters);
  return withActivation(call, (name) =>
    isDepthwise
      ? call.node("depthwiseConv2d", name, [x, w, b], window)
      : call.node("conv2d", name, [x, w, b], { ...window, groups }),
  );
};

const depthwiseConv2d: LayerRule = (call) => {
  const x = only(call);
  const { kernel, ...window } = sliding(call, x);
  const channels = channelsOf(call, x);
  const multiplier = call.attributes.count("depth_multiplier", 1);
  const w = call.weight("kernel", [...kernel, channels, multiplier]);
  const b = biasOf(call, channels * multiplier);
  return withActivation(call, (name) => call.node("depthwiseConv2d", name, [x, w, b], window));
};

/** A depthwise convolution, then one by 1 × 1. */
const separableConv2d: LayerRule = (call) => {
  const x = only(call);
  const { kernel, ...window } = sliding(call, x);
  const channels = channelsOf(call, x);
  const multiplier = call.attributes.count("depth_multiplier", 1);
  const filters = call.attributes.count("filters");
  const depthwise = call.weight("depthwise_kernel", [...kernel, channels, multiplier]);
  const pointwise = call.weight("pointwise_kernel", [1, 1, channels * multiplier, filters]);
  const b = biasOf(call, filters);
  const spread = call.node("depthwiseConv2d", `${call.name}/depthwise`, [x, depthwise], window);
  const point = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
  return withActivation(call, (name) => call.node("conv2d", name, [spread, pointwise, b], point));
};

/** The kernel is [kH,kW,filters,in]; sizes are those of Keras's compute_conv_transpose_output_shape. */
const conv2dTranspose: LayerRule = (call) => {
  const x = only(call);
  const { kernel, strides, dilations } = sliding(call, x);
  const filters = call.attributes.count("filters");
  const added = call.attributes.raw("output_padding") == null ? undefined : call.attributes.pair("output_padding");
  const isSame = call.attributes.choice("padding", ["valid", "same"], "valid") === "same";
  const [h, w] = ([0, 1] as const).map((axis) => {
    const reach = dilations[axis] * (kernel[axis] - 1) + 1;
    const whole = (call.shape(x)[axis + 1]! - 1) * strides[axis] + reach;
    const plain = isSame ? whole - reach + strides[axis] : whole + Math.max(0, strides[axis] - reach);
    const size = added ? whole - (isSame ? 2 * (reach >> 1) : 0) + added[axis] : plain;
    const taken = Math.max(0, whole - size);
    return { ends: [taken >> 1, taken - (taken >> 1)] as const, added: Math.max(0, size - whole) };
  }) as [Ends, Ends];
  const weight = call.weight("kernel", [...kernel, filters, channelsOf(call, x)]);
  const b = biasOf(call, filters);
  const window = { strides, dilations, padding: [...h.ends, ...w.ends] as const };
  const attrs = { ...window, groups: 1, outputPadding: [h.added, w.added] as const };
  return withActivation(call, (name) => call.node("convTranspose2d", name, [x, weight, b], attrs));
};

/** Of one axis: what is taken off before and after, and what is added behind. */
interface Ends {
  readonly ends: readonly [before: number, after: number];
  readonly added: number;
}

/** On the last axis: [N,I] as a product, [N,…,I] as a convolution by 1 × 1. */
const dense: LayerRule = (call) => {
  const x = only(call);
  const units = call.attributes.count("units");
  const shape = call.shape(x);
  const inputs = shape.at(-1)!;
  const isFlat = shape.length === 2;
  const w = call.weight("kernel", [inputs, units], isFlat ? [inputs, units] : [1, 1, inputs, units]);
  const b = biasOf(call, units);
  if (isFlat) return withActivation(call, (name) => call.node("dense", name, [x, w, b], {}));
  const point = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
  if (shape.length === 4) return withActivation(call, (name) => call.node("conv2d", name, [x, w, b], point));
  const positions = shape.slice(1, -1);
  return withActivation(call, (name) => {
    const rows = call.node("reshape", `${name}/rows`, [x], { shape: [elements(positions), 1, inputs] });
    const y = call.node("conv2d", `${name}/product`, [rows, w, b], point);
    return call.node("reshape", name, [y], { shape: [...positions, units] });
  });
};

export const convolutionRules: LayerRules = {
  Conv2D: conv2d,
  Convolution2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  Convolution2DTranspose: conv2dTranspose,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  SeparableConvolution2D: separableConv2d,
  Dense: dense,
};
