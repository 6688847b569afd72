/**
 * MobileNetV2: inverted residual blocks (expand 1×1, depthwise 3×3, project 1×1 without activation), ReLU6.
 * Sandler et al. 2018, https://arxiv.org/abs/1801.04381, table 2. Layer names: keras.applications; the torch flavour
 * pads around strided convolutions where Keras pads after, and has a smaller epsilon.
 */
import type { ValueId } from "../graph/graph.ts";
import { type Padding, samePadding } from "../shape.ts";
import type { Architecture, Flavour } from "./architecture.ts";
import { kerasNaming } from "./names/keras.ts";
import { timmMobilenetV2, torchvisionMobilenetV2 } from "./names/mobilenet-v2.ts";
import type { Net, WindowOptions } from "./net.ts";

const EPSILON: Readonly<Record<Flavour, number>> = { keras: 1e-3, torch: 1e-5 };

/** Stages of blocks: repeats, stride of the first, expansion, filters at width 1. */
const STAGES = [
  { repeats: 1, stride: 1, expansion: 1, filters: 16 },
  { repeats: 2, stride: 2, expansion: 6, filters: 24 },
  { repeats: 3, stride: 2, expansion: 6, filters: 32 },
  { repeats: 4, stride: 2, expansion: 6, filters: 64 },
  { repeats: 3, stride: 1, expansion: 6, filters: 96 },
  { repeats: 3, stride: 2, expansion: 6, filters: 160 },
  { repeats: 1, stride: 1, expansion: 6, filters: 320 },
] as const;

const HEAD_FILTERS = 1280;

export const mobilenetV2: Architecture = {
  title: "MobileNetV2",
  inputSize: 224,
  namings: [kerasNaming("tf"), torchvisionMobilenetV2, timmMobilenetV2],
  top: ["predictions"],
  alphas: [1, 0.75, 0.5, 0.35, 1.3, 1.4],
  official: {
    url: "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5",
    bytes: 14_536_120,
    licence: "Apache-2.0",
  },
  build(net, { size, classes, alpha, flavour }) {
    const epsilon = EPSILON[flavour];
    const stem = { filters: divisible(32 * alpha), kernel: 3, bias: false };
    let x = net.conv(net.input(size), "Conv1", { ...stem, ...strided(flavour, 2) });
    x = net.relu6(net.batchNorm(x, "bn_Conv1", epsilon), "Conv1_relu");
    blocks(alpha).forEach((block, index) => {
      x = invertedResidual(net, x, index === 0 ? "expanded_conv" : `block_${index}`, { ...block, flavour });
    });
    x = net.conv(x, "Conv_1", { filters: divisible(HEAD_FILTERS * Math.max(1, alpha)), kernel: 1, bias: false });
    x = net.relu6(net.batchNorm(x, "Conv_1_bn", epsilon), "out_relu");
    return net.dense(net.globalPool(x, "global_average_pooling2d"), "predictions", classes, "softmax");
  },
};

interface Block {
  readonly stride: number;
  readonly expansion: number;
  readonly filters: number;
}

const blocks = (alpha: number): Block[] =>
  STAGES.flatMap(({ repeats, stride, expansion, filters }) =>
    Array.from({ length: repeats }, (_, i) => ({
      stride: i === 0 ? stride : 1,
      expansion,
      filters: divisible(Math.trunc(filters * alpha)),
    })),
  );

/** The nearest multiple of 8 that is not more than a tenth below. */
function divisible(filters: number): number {
  const rounded = Math.max(8, Math.floor((filters + 4) / 8) * 8);
  return rounded < 0.9 * filters ? rounded + 8 : rounded;
}

function invertedResidual(net: Net, input: ValueId, name: string, block: Block & { flavour: Flavour }): ValueId {
  const { stride, expansion, filters, flavour } = block;
  const epsilon = EPSILON[flavour];
  let x = input;
  if (expansion !== 1) {
    x = net.conv(x, `${name}_expand`, { filters: net.channels(x) * expansion, kernel: 1, bias: false });
    x = net.relu6(net.batchNorm(x, `${name}_expand_BN`, epsilon), `${name}_expand_relu`);
  }
  x = depthwise(net, x, name, stride, flavour);
  x = net.relu6(net.batchNorm(x, `${name}_depthwise_BN`, epsilon), `${name}_depthwise_relu`);
  x = net.conv(x, `${name}_project`, { filters, kernel: 1, bias: false });
  x = net.batchNorm(x, `${name}_project_BN`, epsilon);
  const keepsShape = stride === 1 && net.channels(input) === filters;
  return keepsShape ? net.add(input, x, `${name}_add`) : x;
}

/** Keras pads strided windows in a layer of its own. */
function depthwise(net: Net, input: ValueId, name: string, stride: number, flavour: Flavour): ValueId {
  const separatePadding = flavour === "keras" && stride > 1;
  const x = separatePadding ? net.pad(input, `${name}_pad`, tensorflowPadding(net, input, stride)) : input;
  const window: WindowOptions = separatePadding ? { stride } : strided(flavour, stride);
  return net.depthwise(x, `${name}_depthwise`, { kernel: 3, ...window });
}

/** A 3×3 window: TensorFlow pads as little as needed, mostly at the end; PyTorch by one pixel all around. */
const strided = (flavour: Flavour, stride: number): WindowOptions => ({
  stride,
  padding: flavour === "keras" ? "same" : [1, 1, 1, 1],
});

function tensorflowPadding(net: Net, x: ValueId, stride: number): Padding {
  const [, height, width] = net.shape(x);
  const axis = { kernel: 3, stride, dilation: 1 };
  return [...samePadding({ ...axis, input: height! }), ...samePadding({ ...axis, input: width! })];
}
