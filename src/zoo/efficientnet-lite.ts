/**
 * EfficientNet-Lite0: inverted residual blocks without squeeze-excite, ReLU6 instead of swish, stem and head of fixed
 * width. Layers are called as in the PyTorch conversion the embedded weights come from; TensorFlow's geometry.
 * Tan & Le 2019, https://arxiv.org/abs/1905.11946; the Lite variants: TensorFlow TPU models, efficientnet/lite.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture } from "./architecture.ts";
import { STAGES } from "./efficientnet-stages.ts";
import { efficientnetPytorch } from "./names/efficientnet-pytorch.ts";
import type { Net } from "./net.ts";

const EPSILON = 1e-3;

interface Block {
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
  readonly filters: number;
}

export const efficientnetLite0: Architecture = {
  title: "EfficientNet-Lite0",
  inputSize: 224,
  namings: [efficientnetPytorch],
  top: ["_fc"],
  build(net, { size, classes }) {
    let x = net.conv(net.input(size), "_conv_stem", {
      filters: 32,
      kernel: 3,
      stride: 2,
      padding: "same",
      bias: false,
    });
    x = net.relu6(net.batchNorm(x, "_bn0", EPSILON), "_relu_stem");
    blocks().forEach((block, index) => {
      x = invertedResidual(net, x, `_blocks.${index}`, block);
    });
    x = net.conv(x, "_conv_head", { filters: 1280, kernel: 1, bias: false });
    x = net.relu6(net.batchNorm(x, "_bn1", EPSILON), "_relu_head");
    x = net.dense(net.globalPool(x, "_avg_pooling"), "_fc", classes);
    return net.softmax(x, "_softmax");
  },
};

const blocks = (): Block[] =>
  STAGES.flatMap(({ repeats, stride, ...stage }) =>
    Array.from({ length: repeats }, (_, i) => ({ ...stage, stride: i === 0 ? stride : 1 })),
  );

/** Expand 1×1, depthwise k×k, project 1×1 (linear), and the shortcut where shapes allow it. */
function invertedResidual(net: Net, input: ValueId, name: string, block: Block): ValueId {
  const { kernel, stride, expansion, filters } = block;
  let x = input;
  if (expansion !== 1) {
    x = net.conv(x, `${name}._expand_conv`, { filters: net.channels(x) * expansion, kernel: 1, bias: false });
    x = net.relu6(net.batchNorm(x, `${name}._bn0`, EPSILON), `${name}._relu0`);
  }
  x = net.depthwise(x, `${name}._depthwise_conv`, { kernel, stride, padding: "same" });
  x = net.relu6(net.batchNorm(x, `${name}._bn1`, EPSILON), `${name}._relu1`);
  x = net.conv(x, `${name}._project_conv`, { filters, kernel: 1, bias: false });
  x = net.batchNorm(x, `${name}._bn2`, EPSILON);
  const keepsShape = stride === 1 && net.channels(input) === filters;
  return keepsShape ? net.add(input, x, name) : net.alias(x, name, "MBConvBlock");
}
