/** What all ResNets begin with: 7×7 stride 2, then the maximum of 3×3 stride 2. Keras pads in layers of its own. */
import type { ValueId } from "../graph/graph.ts";
import type { Flavour } from "./architecture.ts";
import type { Net } from "./net.ts";

/** Stages conv2 … conv5: filters inside of the block, stride. */
export const STAGES = [
  { filters: 64, stride: 1 },
  { filters: 128, stride: 2 },
  { filters: 256, stride: 2 },
  { filters: 512, stride: 2 },
] as const;

interface StemOptions {
  readonly flavour: Flavour;
  readonly bias: boolean;
  /** Of the batch norm behind the convolution; undefined where there is none, nor a ReLU. */
  readonly epsilon?: number;
}

export function resnetStem(net: Net, input: ValueId, { flavour, bias, epsilon }: StemOptions): ValueId {
  let x = net.pad(input, "conv1_pad", [3, 3, 3, 3]);
  x = net.conv(x, "conv1_conv", { filters: 64, kernel: 7, stride: 2, bias });
  if (epsilon !== undefined) x = net.relu(net.batchNorm(x, "conv1_bn", epsilon), "conv1_relu");
  if (flavour === "torch") return net.maxPool(x, "pool1_pool", { size: 3, stride: 2, padding: [1, 1, 1, 1] });
  return net.maxPool(net.pad(x, "pool1_pad", [1, 1, 1, 1]), "pool1_pool", { size: 3, stride: 2 });
}
