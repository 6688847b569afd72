/**
 * ResNet50: bottleneck blocks (1×1, 3×3, 1×1, each with batch norm) with a shortcut, ReLU after the sum.
 * He et al. 2015, https://arxiv.org/abs/1512.03385, table 1. Layer names: keras.applications. The Keras flavour is the
 * paper's: it strides in the first 1×1 and its convolutions have biases. The torch flavour ("v1.5") strides in the 3×3.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture, Flavour } from "./architecture.ts";
import { kerasNaming } from "./names/keras.ts";
import { torchResnet } from "./names/resnet.ts";
import type { Net } from "./net.ts";

interface Geometry {
  readonly epsilon: number;
  readonly bias: boolean;
  /** The bottleneck's convolution that strides. */
  readonly stridesIn: 1 | 2;
}

const GEOMETRY: Readonly<Record<Flavour, Geometry>> = {
  keras: { epsilon: 1.001e-5, bias: true, stridesIn: 1 },
  torch: { epsilon: 1e-5, bias: false, stridesIn: 2 },
};

/** Stages conv2 … conv5: blocks, filters inside of the bottleneck, stride of the first block. */
const STAGES = [
  { blocks: 3, filters: 64, stride: 1 },
  { blocks: 4, filters: 128, stride: 2 },
  { blocks: 6, filters: 256, stride: 2 },
  { blocks: 3, filters: 512, stride: 2 },
] as const;

export const resnet50: Architecture = {
  title: "ResNet50",
  inputSize: 224,
  namings: [kerasNaming("caffe"), torchResnet],
  top: ["predictions"],
  official: {
    url: "https://storage.googleapis.com/tensorflow/keras-applications/resnet/resnet50_weights_tf_dim_ordering_tf_kernels.h5",
    bytes: 102_967_424,
    md5: "2cb95161c43110f7111970584f804107",
    licence: "MIT, Kaiming He",
  },
  build(net, { size, classes, flavour }) {
    let x = stem(net, net.input(size), flavour);
    STAGES.forEach(({ blocks, filters, stride }, stage) => {
      for (let block = 1; block <= blocks; block++) {
        const name = `conv${stage + 2}_block${block}`;
        x = bottleneck(net, x, name, { filters, stride: block === 1 ? stride : 1, first: block === 1, flavour });
      }
    });
    return net.dense(net.globalPool(x, "avg_pool"), "predictions", classes, "softmax");
  },
};

/** 7×7 stride 2, then the maximum of 3×3 stride 2. Keras pads in layers of its own. */
function stem(net: Net, input: ValueId, flavour: Flavour): ValueId {
  const { epsilon, bias } = GEOMETRY[flavour];
  let x = net.pad(input, "conv1_pad", [3, 3, 3, 3]);
  x = net.conv(x, "conv1_conv", { filters: 64, kernel: 7, stride: 2, bias });
  x = net.relu(net.batchNorm(x, "conv1_bn", epsilon), "conv1_relu");
  if (flavour === "torch") return net.maxPool(x, "pool1_pool", { size: 3, stride: 2, padding: [1, 1, 1, 1] });
  return net.maxPool(net.pad(x, "pool1_pad", [1, 1, 1, 1]), "pool1_pool", { size: 3, stride: 2 });
}

interface Bottleneck {
  readonly filters: number;
  readonly stride: number;
  /** The first of a stage projects its shortcut. */
  readonly first: boolean;
  readonly flavour: Flavour;
}

/** The order of the layers is Keras's own: by depth, the projection beside the last convolution. */
function bottleneck(net: Net, input: ValueId, name: string, { filters, stride, first, flavour }: Bottleneck): ValueId {
  const { epsilon, bias, stridesIn } = GEOMETRY[flavour];
  const strideOf = (convolution: number): number => (convolution === stridesIn ? stride : 1);
  let x = net.conv(input, `${name}_1_conv`, { filters, kernel: 1, stride: strideOf(1), bias });
  x = net.relu(net.batchNorm(x, `${name}_1_bn`, epsilon), `${name}_1_relu`);
  x = net.conv(x, `${name}_2_conv`, { filters, kernel: 3, stride: strideOf(2), padding: [1, 1, 1, 1], bias });
  x = net.relu(net.batchNorm(x, `${name}_2_bn`, epsilon), `${name}_2_relu`);
  let shortcut = first ? net.conv(input, `${name}_0_conv`, { filters: 4 * filters, kernel: 1, stride, bias }) : input;
  x = net.conv(x, `${name}_3_conv`, { filters: 4 * filters, kernel: 1, bias });
  if (first) shortcut = net.batchNorm(shortcut, `${name}_0_bn`, epsilon);
  x = net.batchNorm(x, `${name}_3_bn`, epsilon);
  return net.relu(net.add(shortcut, x, `${name}_add`), `${name}_out`);
}
