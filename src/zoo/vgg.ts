/**
 * VGG16 and VGG19: five blocks of 3×3 convolutions with ReLU, each halved by a 2×2 maximum, and three dense layers.
 * Simonyan & Zisserman 2014, https://arxiv.org/abs/1409.1556, table 1, D and E. Layer names: keras.applications.
 */
import type { Architecture, OfficialWeights } from "./architecture.ts";
import { kerasNaming } from "./names/keras.ts";
import { timmVgg, torchvisionVgg } from "./names/vgg.ts";

/** Convolutions per block; both networks share everything else. */
const FILTERS = [64, 128, 256, 512, 512] as const;

function vgg(title: string, repeats: readonly number[], official: OfficialWeights): Architecture {
  return {
    title,
    inputSize: 224,
    namings: [kerasNaming("caffe"), torchvisionVgg(repeats), timmVgg(repeats)],
    top: ["fc1", "fc2", "predictions"],
    official,
    build(net, { size, classes }) {
      let x = net.input(size);
      FILTERS.forEach((filters, index) => {
        const block = `block${index + 1}`;
        for (let i = 1; i <= repeats[index]!; i++) {
          x = net.conv(x, `${block}_conv${i}`, { filters, kernel: 3, padding: "same", activation: "relu" });
        }
        x = net.maxPool(x, `${block}_pool`, { size: 2, stride: 2 });
      });
      x = net.flatten(x, "flatten");
      x = net.dense(x, "fc1", 4096, "relu");
      x = net.dense(x, "fc2", 4096, "relu");
      return net.dense(x, "predictions", classes, "softmax");
    },
  };
}

const KERAS = "https://storage.googleapis.com/tensorflow/keras-applications";
/** The authors' own weights, converted from Caffe: https://www.robots.ox.ac.uk/~vgg/research/very_deep/ */
const LICENCE = "CC BY 4.0, Visual Geometry Group, University of Oxford";

export const vgg16 = vgg("VGG16", [2, 2, 3, 3, 3], {
  url: `${KERAS}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels.h5`,
  bytes: 553_467_096,
  md5: "64373286793e3c8b2b4e3219cbf3544b",
  licence: LICENCE,
});

export const vgg19 = vgg("VGG19", [2, 2, 4, 4, 4], {
  url: `${KERAS}/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels.h5`,
  bytes: 574_710_816,
  md5: "cbe5617147190e668d6c5d5026f83318",
  licence: LICENCE,
});
