/**
 * ResNet50, 101 and 152: bottleneck blocks (1×1, 3×3, 1×1, each with batch norm) with a shortcut, ReLU after the sum.
 * He et al. 2015, https://arxiv.org/abs/1512.03385, table 1. Layer names: keras.applications. The Keras flavour is the
 * paper's: it strides in the first 1×1 and its convolutions have biases. The torch flavour ("v1.5") strides in the 3×3.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture, Flavour, OfficialWeights } from "./architecture.ts";
import { kerasNaming } from "./names/keras.ts";
import { torchResnet } from "./names/resnet.ts";
import type { Net } from "./net.ts";
import { resnetStem, STAGES } from "./resnet-stem.ts";

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

/** @param repeats blocks in the stages conv2 … conv5 */
function resnet(title: string, repeats: readonly number[], official: OfficialWeights): Architecture {
  return {
    title,
    inputSize: 224,
    namings: [kerasNaming("caffe"), torchResnet],
    top: ["predictions"],
    official,
    build(net, { size, classes, flavour }) {
      const { epsilon, bias } = GEOMETRY[flavour];
      let x = resnetStem(net, net.input(size), { flavour, bias, epsilon });
      STAGES.forEach(({ filters, stride }, stage) => {
        for (let block = 1; block <= repeats[stage]!; block++) {
          const name = `conv${stage + 2}_block${block}`;
          x = bottleneck(net, x, name, { filters, stride: block === 1 ? stride : 1, first: block === 1, flavour });
        }
      });
      return net.dense(net.globalPool(x, "avg_pool"), "predictions", classes, "softmax");
    },
  };
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

const KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/resnet";
const LICENCE = "MIT, Kaiming He";

export const resnet50 = resnet("ResNet50", [3, 4, 6, 3], {
  url: `${KERAS}/resnet50_weights_tf_dim_ordering_tf_kernels.h5`,
  bytes: 102_967_424,
  md5: "2cb95161c43110f7111970584f804107",
  licence: LICENCE,
});

export const resnet101 = resnet("ResNet101", [3, 4, 23, 3], {
  url: `${KERAS}/resnet101_weights_tf_dim_ordering_tf_kernels.h5`,
  md5: "f1aeb4b969a6efcfb50fad2f0c20cfc5",
  licence: LICENCE,
});

export const resnet152 = resnet("ResNet152", [3, 8, 36, 3], {
  url: `${KERAS}/resnet152_weights_tf_dim_ordering_tf_kernels.h5`,
  md5: "100835be76be38e30d865e96f2aaae62",
  licence: LICENCE,
});
