/**
 * DenseNet121, 169 and 201: every layer of a block sees the maps of all earlier ones; batch norm and ReLU come first.
 * Huang et al. 2016, https://arxiv.org/abs/1608.06993, table 1. Layer names: keras.applications.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture, Flavour, OfficialWeights } from "./architecture.ts";
import { oldTorchDensenet, torchDensenet } from "./names/densenet.ts";
import { kerasNaming } from "./names/keras.ts";
import type { Net } from "./net.ts";
import { resnetStem } from "./resnet-stem.ts";

const EPSILON: Readonly<Record<Flavour, number>> = { keras: 1.001e-5, torch: 1e-5 };

/** Maps that every layer adds. */
const GROWTH = 32;

/** @param repeats layers in the blocks conv2 … conv5 */
function densenet(title: string, repeats: readonly number[], official: OfficialWeights): Architecture {
  return {
    title,
    inputSize: 224,
    namings: [kerasNaming("torch"), torchDensenet, oldTorchDensenet],
    top: ["predictions"],
    official,
    build(net, { size, classes, flavour }) {
      const epsilon = EPSILON[flavour];
      let x = resnetStem(net, net.input(size), { flavour, bias: false, epsilon });
      x = net.alias(x, "pool1", "MaxPooling2D");
      repeats.forEach((layers, block) => {
        for (let i = 1; i <= layers; i++) x = denseLayer(net, x, `conv${block + 2}_block${i}`, epsilon);
        if (block < repeats.length - 1) x = transition(net, x, `pool${block + 2}`, epsilon);
      });
      x = net.relu(net.batchNorm(x, "bn", epsilon), "relu");
      return net.dense(net.globalPool(x, "avg_pool"), "predictions", classes, "softmax");
    },
  };
}

/** 1×1 to four times the growth, 3×3 to the growth, appended to what came in. */
function denseLayer(net: Net, input: ValueId, name: string, epsilon: number): ValueId {
  let x = net.relu(net.batchNorm(input, `${name}_0_bn`, epsilon), `${name}_0_relu`);
  x = net.conv(x, `${name}_1_conv`, { filters: 4 * GROWTH, kernel: 1, bias: false });
  x = net.relu(net.batchNorm(x, `${name}_1_bn`, epsilon), `${name}_1_relu`);
  x = net.conv(x, `${name}_2_conv`, { filters: GROWTH, kernel: 3, padding: "same", bias: false });
  return net.concat([input, x], `${name}_concat`);
}

/** Halves the channels and the sides. */
function transition(net: Net, input: ValueId, name: string, epsilon: number): ValueId {
  let x = net.relu(net.batchNorm(input, `${name}_bn`, epsilon), `${name}_relu`);
  x = net.conv(x, `${name}_conv`, { filters: Math.trunc(net.channels(x) / 2), kernel: 1, bias: false });
  return net.averagePool(x, `${name}_pool`, { size: 2, stride: 2 });
}

const KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/densenet";
const LICENCE = "BSD-3-Clause, Gao Huang, Zhuang Liu";

export const densenet121 = densenet("DenseNet121", [6, 12, 24, 16], {
  url: `${KERAS}/densenet121_weights_tf_dim_ordering_tf_kernels.h5`,
  md5: "9d60b8095a5708f2dcce2bca79d332c7",
  licence: LICENCE,
});

export const densenet169 = densenet("DenseNet169", [6, 12, 32, 32], {
  url: `${KERAS}/densenet169_weights_tf_dim_ordering_tf_kernels.h5`,
  md5: "d699b8f76981ab1b30698df4c175e90b",
  licence: LICENCE,
});

export const densenet201 = densenet("DenseNet201", [6, 12, 48, 32], {
  url: `${KERAS}/densenet201_weights_tf_dim_ordering_tf_kernels.h5`,
  md5: "1ceb130c1ea1b78c3bf6114dbdfd8807",
  licence: LICENCE,
});
