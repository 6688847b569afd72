/**
 * EfficientNet B0 … B7: inverted residual blocks with squeeze-and-excitation and swish; one network at eight sizes.
 * Tan & Le 2019, https://arxiv.org/abs/1905.11946, table 1 and eq. 3. Layer names: keras.applications, whose networks
 * take bytes and rescale them themselves.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture, BuildOptions, Flavour } from "./architecture.ts";
import { invertedResidual } from "./efficientnet-block.ts";
import { STAGES } from "./efficientnet-stages.ts";
import { roundFilters } from "./filters.ts";
import { timmEfficientnet, timmTensorflowEfficientnet, torchvisionEfficientnet } from "./names/efficientnet.ts";
import { kerasNaming } from "./names/keras.ts";
import type { Net } from "./net.ts";
import { stridedPadding } from "./strided-padding.ts";

const EPSILON: Readonly<Record<Flavour, number>> = { keras: 1e-3, torch: 1e-5 };

interface Size {
  readonly inputSize: number;
  readonly width: number;
  readonly depth: number;
  readonly md5: string;
  /** torchvision's batch norms in the three largest are TensorFlow's. */
  readonly torchvisionEpsilon?: number;
}

function efficientnet(letter: string, { inputSize, width, depth, md5, torchvisionEpsilon }: Size): Architecture {
  return {
    title: `EfficientNet${letter}`,
    inputSize,
    namings: [
      kerasNaming("efficientnet"),
      torchvisionEfficientnet(torchvisionEpsilon),
      timmEfficientnet,
      timmTensorflowEfficientnet,
    ],
    top: ["predictions"],
    official: {
      url: `https://storage.googleapis.com/keras-applications/efficientnet${letter.toLowerCase()}.h5`,
      md5,
      licence: "Apache-2.0",
    },
    build: (net, options) => build(net, options, width, depth),
  };
}

function build(net: Net, options: BuildOptions, width: number, depth: number): ValueId {
  const { size, classes, flavour } = options;
  const { epsilon = EPSILON[flavour], rescales = flavour === "keras" } = options;
  let x = net.input(size);
  if (rescales) x = net.normalization(net.rescaling(x, "rescaling", 1 / 255), "normalization");
  const stem = { filters: roundFilters(32 * width), kernel: 3, bias: false };
  const padded = stridedPadding(net, x, "stem_conv_pad", 3, flavour);
  x = net.conv(padded.x, "stem_conv", { ...stem, ...padded.window });
  x = net.activation(net.batchNorm(x, "stem_bn", epsilon), "stem_activation", "swish");
  STAGES.forEach(({ repeats, stride, filters, ...stage }, index) => {
    for (let i = 0; i < Math.ceil(repeats * depth); i++) {
      const block = { ...stage, stride: i === 0 ? stride : 1, filters: roundFilters(filters * width) };
      x = invertedResidual(net, x, `block${index + 1}${String.fromCharCode(97 + i)}_`, { ...block, epsilon, flavour });
    }
  });
  x = net.conv(x, "top_conv", { filters: roundFilters(1280 * width), kernel: 1, bias: false });
  x = net.activation(net.batchNorm(x, "top_bn", epsilon), "top_activation", "swish");
  return net.dense(net.globalPool(x, "avg_pool"), "predictions", classes, "softmax");
}

// prettier-ignore
export const efficientnets = {
  "efficientnet-b0": efficientnet("B0", { inputSize: 224, width: 1, depth: 1, md5: "902e53a9f72be733fc0bcb005b3ebbac" }),
  "efficientnet-b1": efficientnet("B1", { inputSize: 240, width: 1, depth: 1.1, md5: "1d254153d4ab51201f1646940f018540" }),
  "efficientnet-b2": efficientnet("B2", { inputSize: 260, width: 1.1, depth: 1.2, md5: "b15cce36ff4dcbd00b6dd88e7857a6ad" }),
  "efficientnet-b3": efficientnet("B3", { inputSize: 300, width: 1.2, depth: 1.4, md5: "ffd1fdc53d0ce67064dc6a9c7960ede0" }),
  "efficientnet-b4": efficientnet("B4", { inputSize: 380, width: 1.4, depth: 1.8, md5: "18c95ad55216b8f92d7e70b3a046e2fc" }),
  "efficientnet-b5": efficientnet("B5", { inputSize: 456, width: 1.6, depth: 2.2, md5: "ace28f2a6363774853a83a0b21b9421a", torchvisionEpsilon: 1e-3 }),
  "efficientnet-b6": efficientnet("B6", { inputSize: 528, width: 1.8, depth: 2.6, md5: "165f6e37dce68623721b423839de8be5", torchvisionEpsilon: 1e-3 }),
  "efficientnet-b7": efficientnet("B7", { inputSize: 600, width: 2, depth: 3.1, md5: "8c03f828fec3ef71311cd463b6759d99", torchvisionEpsilon: 1e-3 }),
} as const satisfies Record<string, Architecture>;
