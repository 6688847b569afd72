/**
 * EfficientNetV2-B0: as EfficientNet, with plain 3×3 convolutions in place of expansion and depthwise ones in the first stages.
 * Tan & Le 2021, https://arxiv.org/abs/2104.00298, table 4. Layer names: keras.applications, which rescales bytes itself.
 * All known weights have TensorFlow's geometry, timm's too.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture } from "./architecture.ts";
import { projected, squeezeExcite } from "./efficientnet-block.ts";
import { kerasNaming } from "./names/keras.ts";
import { timmEfficientnetV2 } from "./names/efficientnet.ts";
import type { Net } from "./net.ts";

const EPSILON = 1e-3;
const IMAGENET_MEAN = [0.485, 0.456, 0.406];
const IMAGENET_VARIANCE = [0.229 ** 2, 0.224 ** 2, 0.225 ** 2];

/** Stages: repeats, stride of the first block, expansion, filters, and whether the expansion has the 3×3 window. */
const STAGES = [
  { repeats: 1, stride: 1, expansion: 1, filters: 16, fused: true },
  { repeats: 2, stride: 2, expansion: 4, filters: 32, fused: true },
  { repeats: 2, stride: 2, expansion: 4, filters: 48, fused: true },
  { repeats: 3, stride: 2, expansion: 4, filters: 96, fused: false },
  { repeats: 5, stride: 1, expansion: 6, filters: 112, fused: false },
  { repeats: 8, stride: 2, expansion: 6, filters: 192, fused: false },
] as const;

interface Block {
  readonly stride: number;
  readonly expansion: number;
  readonly filters: number;
  readonly fused: boolean;
}

export const efficientnetV2B0: Architecture = {
  title: "EfficientNetV2-B0",
  inputSize: 224,
  namings: [kerasNaming("efficientnet"), timmEfficientnetV2],
  top: ["predictions"],
  official: {
    url: "https://storage.googleapis.com/tensorflow/keras-applications/efficientnet_v2/efficientnetv2-b0.h5",
    md5: "21ecbf6da12460d5c40bb2f29ceb2188",
    licence: "Apache-2.0",
  },
  build(net, { size, classes, rescales = true }) {
    let x = net.input(size);
    if (rescales) {
      x = net.rescaling(x, "rescaling", 1 / 255);
      x = net.standardize(x, "normalization", IMAGENET_MEAN, IMAGENET_VARIANCE);
    }
    x = net.conv(x, "stem_conv", { filters: 32, kernel: 3, stride: 2, padding: "same", bias: false });
    x = swish(net, x, "stem_bn", "stem_activation");
    STAGES.forEach(({ repeats, stride, ...stage }, index) => {
      for (let i = 0; i < repeats; i++) {
        const name = `block${index + 1}${String.fromCharCode(97 + i)}_`;
        x = residual(net, x, name, { ...stage, stride: i === 0 ? stride : 1 });
      }
    });
    x = net.conv(x, "top_conv", { filters: 1280, kernel: 1, bias: false });
    x = swish(net, x, "top_bn", "top_activation");
    return net.dense(net.globalPool(x, "avg_pool"), "predictions", classes, "softmax");
  },
};

const swish = (net: Net, x: ValueId, norm: string, activation: string): ValueId =>
  net.activation(net.batchNorm(x, norm, EPSILON), activation, "swish");

function residual(net: Net, input: ValueId, name: string, block: Block): ValueId {
  const { stride, expansion, filters, fused } = block;
  const narrow = net.channels(input);
  const window = { stride, padding: "same", bias: false } as const;
  if (expansion === 1) {
    const conv = net.conv(input, `${name}project_conv`, { filters, kernel: 3, ...window });
    const y = swish(net, conv, `${name}project_bn`, `${name}project_activation`);
    return stride === 1 && narrow === filters ? net.add(y, input, `${name}add`) : y;
  }
  const wide = narrow * expansion;
  const expand = fused ? { kernel: 3, ...window } : { kernel: 1, bias: false };
  let x = net.conv(input, `${name}expand_conv`, { filters: wide, ...expand });
  x = swish(net, x, `${name}expand_bn`, `${name}expand_activation`);
  if (!fused) {
    x = net.depthwise(x, `${name}dwconv2`, { kernel: 3, stride, padding: "same" });
    x = swish(net, x, `${name}bn`, `${name}activation`);
    x = squeezeExcite(net, x, name, narrow / 4);
  }
  return projected(net, input, x, name, { filters, stride, epsilon: EPSILON });
}
