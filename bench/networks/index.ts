/** The networks that are measured, by the name that cases use; opening one writes its files where they are missing. */
import type { NetworkFiles } from "./files.ts";
import { singleLayer, smallClassifier } from "./small.ts";
import { embeddedNetwork, zooNetwork } from "./zoo.ts";

/** What weight-gradients asks of VGG16: its third block. */
const BLOCK_3 = [1, 2, 3].flatMap((i) => [`block3_conv${i}/kernel`, `block3_conv${i}/bias`]);

export const networks = {
  vgg16: () => zooNetwork("vgg16", "vgg16", BLOCK_3),
  resnet50: () => zooNetwork("resnet50", "resnet50"),
  mobilenet: () => zooNetwork("mobilenet", "mobilenet"),
  "mobilenet-v2": () => zooNetwork("mobilenet-v2", "mobilenetv2"),
  "efficientnet-lite0": embeddedNetwork,
  "conv3-2": singleLayer,
  "small-cnn": smallClassifier,
} as const satisfies Record<string, () => Promise<NetworkFiles>>;

export type NetworkName = keyof typeof networks;
