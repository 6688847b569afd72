/**
 * ResNet50V2, 101V2 and 152V2: batch norm and ReLU before the convolutions, nothing after the sum.
 * He et al. 2016, https://arxiv.org/abs/1603.05027, fig. 1b. Layer names: keras.applications, whose stages stride in
 * their last block; in the torch flavour (timm's resnetv2) they stride in the first one and nothing has a bias.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture, Flavour, OfficialWeights } from "./architecture.ts";
import { kerasNaming } from "./names/keras.ts";
import { timmResnetV2 } from "./names/resnet.ts";
import type { Net } from "./net.ts";
import { resnetStem, STAGES } from "./resnet-stem.ts";

const EPSILON: Readonly<Record<Flavour, number>> = { keras: 1.001e-5, torch: 1e-5 };

/** @param repeats blocks in the stages conv2 … conv5 */
function resnetV2(title: string, repeats: readonly number[], official: OfficialWeights): Architecture {
  return {
    title,
    inputSize: 224,
    namings: [kerasNaming("tf"), timmResnetV2],
    top: ["predictions"],
    official,
    build(net, { size, classes, flavour }) {
      let x = resnetStem(net, net.input(size), { flavour, bias: flavour === "keras" });
      let subsampled = 0;
      STAGES.forEach(({ filters }, stage) => {
        const blocks = repeats[stage]!;
        for (let block = 1; block <= blocks; block++) {
          const stride = stridesHere(flavour, stage, block, blocks) ? 2 : 1;
          const projects = block === 1;
          const pool = stride > 1 && !projects ? `max_pooling2d${subsampled++ ? `_${subsampled - 1}` : ""}` : undefined;
          const name = `conv${stage + 2}_block${block}`;
          x = preactivated(net, x, name, { filters, stride, projects, pool, flavour });
        }
      });
      x = net.relu(net.batchNorm(x, "post_bn", EPSILON[flavour]), "post_relu");
      return net.dense(net.globalPool(x, "avg_pool"), "predictions", classes, "softmax");
    },
  };
}

/** Keras: the last block of every stage but the last; torch: the first block of every stage but the first. */
const stridesHere = (flavour: Flavour, stage: number, block: number, blocks: number): boolean =>
  flavour === "keras" ? block === blocks && stage < STAGES.length - 1 : block === 1 && stage > 0;

interface Block {
  readonly filters: number;
  readonly stride: number;
  /** The shortcut is a 1×1 convolution of what was normalised. */
  readonly projects: boolean;
  /** The layer that thins out a shortcut which is not projected. */
  readonly pool: string | undefined;
  readonly flavour: Flavour;
}

function preactivated(net: Net, input: ValueId, name: string, block: Block): ValueId {
  const { filters, stride, projects, pool, flavour } = block;
  const bias = flavour === "keras";
  const epsilon = EPSILON[flavour];
  const preact = net.relu(net.batchNorm(input, `${name}_preact_bn`, epsilon), `${name}_preact_relu`);
  let x = net.conv(preact, `${name}_1_conv`, { filters, kernel: 1, bias: false });
  x = net.relu(net.batchNorm(x, `${name}_1_bn`, epsilon), `${name}_1_relu`);
  x = net.conv(net.pad(x, `${name}_2_pad`, [1, 1, 1, 1]), `${name}_2_conv`, {
    filters,
    kernel: 3,
    stride,
    bias: false,
  });
  x = net.relu(net.batchNorm(x, `${name}_2_bn`, epsilon), `${name}_2_relu`);
  const shortcut = projects
    ? net.conv(preact, `${name}_0_conv`, { filters: 4 * filters, kernel: 1, stride, bias })
    : pool === undefined
      ? input
      : net.maxPool(input, pool, { size: 1, stride });
  x = net.conv(x, `${name}_3_conv`, { filters: 4 * filters, kernel: 1, bias });
  return net.add(shortcut, x, `${name}_out`);
}

const KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/resnet";
const LICENCE = "MIT, Kaiming He";

export const resnet50V2 = resnetV2("ResNet50V2", [3, 4, 6, 3], {
  url: `${KERAS}/resnet50v2_weights_tf_dim_ordering_tf_kernels.h5`,
  md5: "3ef43a0b657b3be2300d5770ece849e0",
  licence: LICENCE,
});

export const resnet101V2 = resnetV2("ResNet101V2", [3, 4, 23, 3], {
  url: `${KERAS}/resnet101v2_weights_tf_dim_ordering_tf_kernels.h5`,
  md5: "6343647c601c52e1368623803854d971",
  licence: LICENCE,
});

export const resnet152V2 = resnetV2("ResNet152V2", [3, 8, 36, 3], {
  url: `${KERAS}/resnet152v2_weights_tf_dim_ordering_tf_kernels.h5`,
  md5: "a49b44d1979771252814e80f8ec446f9",
  licence: LICENCE,
});
