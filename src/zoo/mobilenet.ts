/**
 * MobileNet: 3×3 depthwise and 1×1 convolutions in turn, each with batch norm and ReLU6; a 1×1 convolution classifies.
 * Howard et al. 2017, https://arxiv.org/abs/1704.04861, table 1. Layer names and geometry: keras.applications.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture } from "./architecture.ts";
import { kerasNaming } from "./names/keras.ts";
import type { Net } from "./net.ts";

const EPSILON = 1e-3;

/** Filters (at width 1) and stride of the 13 separable blocks. */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

export const mobilenet: Architecture = {
  title: "MobileNet",
  inputSize: 224,
  namings: [kerasNaming("tf")],
  top: ["conv_preds"],
  alphas: [1, 0.75, 0.5, 0.25],
  official: {
    url: "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/mobilenet_1_0_224_tf.h5",
    bytes: 17_225_924,
    licence: "Apache-2.0",
  },
  build(net, { size, classes, alpha }) {
    let x = net.conv(net.input(size), "conv1", {
      filters: Math.trunc(32 * alpha),
      kernel: 3,
      stride: 2,
      padding: "same",
      bias: false,
    });
    x = net.relu6(net.batchNorm(x, "conv1_bn", EPSILON), "conv1_relu");
    BLOCKS.forEach(([filters, stride], index) => {
      x = separable(net, x, index + 1, Math.trunc(filters * alpha), stride);
    });
    x = net.globalPool(x, "global_average_pooling2d", true);
    x = net.alias(x, "dropout", "Dropout");
    x = net.conv(x, "conv_preds", { filters: classes, kernel: 1 });
    return net.softmax(net.reshape(x, "reshape_2", [classes]), "predictions");
  },
};

/** Strided blocks are padded below and on the right only, as TensorFlow does for even sizes. */
function separable(net: Net, input: ValueId, id: number, filters: number, stride: number): ValueId {
  let x = stride === 1 ? input : net.pad(input, `conv_pad_${id}`, [0, 1, 0, 1]);
  x = net.depthwise(x, `conv_dw_${id}`, { kernel: 3, stride, padding: stride === 1 ? "same" : "valid" });
  x = net.relu6(net.batchNorm(x, `conv_dw_${id}_bn`, EPSILON), `conv_dw_${id}_relu`);
  x = net.conv(x, `conv_pw_${id}`, { filters, kernel: 1, bias: false });
  return net.relu6(net.batchNorm(x, `conv_pw_${id}_bn`, EPSILON), `conv_pw_${id}_relu`);
}
