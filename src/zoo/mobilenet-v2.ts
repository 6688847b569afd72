/**
 * MobileNetV2: inverted residual blocks (expand 1×1, depthwise 3×3, project 1×1 without activation), ReLU6.
 * Sandler et al. 2018, https://arxiv.org/abs/1801.04381, table 2. Layer names: keras.applications; the torch flavour
 * pads around strided convolutions where Keras pads after, and has a smaller epsilon.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture, Flavour } from "./architecture.ts";
import { roundFilters } from "./filters.ts";
import { kerasNaming } from "./names/keras.ts";
import { timmMobilenetV2, torchvisionMobilenetV2 } from "./names/mobilenet-v2.ts";
import type { Net, WindowOptions } from "./net.ts";
import { allAround, stridedPadding } from "./strided-padding.ts";

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
    const padding = flavour === "keras" ? "same" : allAround(3);
    const stem = { filters: roundFilters(32 * alpha), kernel: 3, stride: 2, padding, bias: false } as const;
    let x = net.conv(net.input(size), "Conv1", stem);
    x = net.relu6(net.batchNorm(x, "bn_Conv1", epsilon), "Conv1_relu");
    blocks(alpha).forEach((block, index) => {
      x = invertedResidual(net, x, index === 0 ? "expanded_conv" : `block_${index}`, { ...block, flavour });
    });
    x = net.conv(x, "Conv_1", { filters: roundFilters(HEAD_FILTERS * Math.max(1, alpha)), kernel: 1, bias: false });
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
      filters: roundFilters(Math.trunc(filters * alpha)),
    })),
  );

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

/** Strided windows are padded as the framework does it. */
function depthwise(net: Net, input: ValueId, name: string, stride: number, flavour: Flavour): ValueId {
  const same = { x: input, window: { padding: "same" } satisfies WindowOptions };
  const { x, window } = stride === 1 ? same : stridedPadding(net, input, `${name}_pad`, 3, flavour);
  return net.depthwise(x, `${name}_depthwise`, { kernel: 3, ...window });
}
