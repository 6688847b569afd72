/**
 * ResNet18 and 34: blocks of two 3×3 convolutions with batch norm and a shortcut, ReLU after the sum.
 * He et al. 2015, https://arxiv.org/abs/1512.03385, table 1. Known from PyTorch only; layers are called as in the deeper ones.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture } from "./architecture.ts";
import { torchResnet } from "./names/resnet.ts";
import type { Net } from "./net.ts";
import { resnetStem, STAGES } from "./resnet-stem.ts";

const EPSILON = 1e-5;

/** @param repeats blocks in the stages conv2 … conv5 */
const resnet = (title: string, repeats: readonly number[]): Architecture => ({
  title,
  inputSize: 224,
  namings: [torchResnet],
  top: ["predictions"],
  build(net, { size, classes }) {
    let x = resnetStem(net, net.input(size), { flavour: "torch", bias: false, epsilon: EPSILON });
    STAGES.forEach(({ filters, stride }, stage) => {
      for (let block = 1; block <= repeats[stage]!; block++) {
        x = basicBlock(net, x, `conv${stage + 2}_block${block}`, filters, block === 1 ? stride : 1);
      }
    });
    return net.dense(net.globalPool(x, "avg_pool"), "predictions", classes, "softmax");
  },
});

/** The shortcut is projected where its shape changes. */
function basicBlock(net: Net, input: ValueId, name: string, filters: number, stride: number): ValueId {
  const normalised = (x: ValueId, part: number, kernel: number, step: number): ValueId => {
    const padding = kernel === 3 ? ([1, 1, 1, 1] as const) : "valid";
    const conv = net.conv(x, `${name}_${part}_conv`, { filters, kernel, stride: step, padding, bias: false });
    return net.batchNorm(conv, `${name}_${part}_bn`, EPSILON);
  };
  const keepsShape = stride === 1 && net.channels(input) === filters;
  let x = net.relu(normalised(input, 1, 3, stride), `${name}_1_relu`);
  x = normalised(x, 2, 3, 1);
  const shortcut = keepsShape ? input : normalised(input, 0, 1, stride);
  return net.relu(net.add(shortcut, x, `${name}_add`), `${name}_out`);
}

export const resnet18 = resnet("ResNet18", [2, 2, 2, 2]);
export const resnet34 = resnet("ResNet34", [3, 4, 6, 3]);
