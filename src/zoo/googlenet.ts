/**
 * GoogLeNet (Inception v1) with batch norms, as in torchvision, where the branch that the paper gives 5×5 windows has 3×3.
 * Szegedy et al. 2014, https://arxiv.org/abs/1409.4842, table 1. Layers are called as in torchvision; the classifiers on
 * the side, which only training needs, are left out.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture } from "./architecture.ts";
import { torchvisionPaths } from "./names/paths.ts";
import type { Net } from "./net.ts";

const EPSILON = 1e-3;

/** Filters: 1×1; 1×1 and 3×3; 1×1 and 3×3; 1×1 behind the maximum. */
type Inception = readonly [one: number, readonly [number, number], readonly [number, number], pool: number];

const STAGES: readonly { readonly pool: number; readonly blocks: Readonly<Record<string, Inception>> }[] = [
  { pool: 3, blocks: { "3a": [64, [96, 128], [16, 32], 32], "3b": [128, [128, 192], [32, 96], 64] } },
  {
    pool: 3,
    blocks: {
      "4a": [192, [96, 208], [16, 48], 64],
      "4b": [160, [112, 224], [24, 64], 64],
      "4c": [128, [128, 256], [24, 64], 64],
      "4d": [112, [144, 288], [32, 64], 64],
      "4e": [256, [160, 320], [32, 128], 128],
    },
  },
  { pool: 2, blocks: { "5a": [256, [160, 320], [32, 128], 128], "5b": [384, [192, 384], [48, 128], 128] } },
];

export const googlenet: Architecture = {
  title: "GoogLeNet",
  inputSize: 224,
  namings: [torchvisionPaths("tf", /^aux[12]\./)],
  top: ["fc"],
  build(net, { size, classes }) {
    let x = conv(net, net.input(size), "conv1", { filters: 64, kernel: 7, stride: 2, padding: [3, 3, 3, 3] });
    x = net.maxPool(x, "maxpool1", { size: 3, stride: 2, ceilMode: true });
    x = conv(net, x, "conv2", { filters: 64, kernel: 1 });
    x = conv(net, x, "conv3", { filters: 192, kernel: 3, padding: "same" });
    STAGES.forEach(({ pool, blocks }, stage) => {
      x = net.maxPool(x, `maxpool${stage + 2}`, { size: pool, stride: 2, ceilMode: true });
      for (const [block, filters] of Object.entries(blocks)) x = inception(net, x, `inception${block}`, filters);
    });
    return net.softmax(net.dense(net.globalPool(x, "avgpool"), "fc", classes), "softmax");
  },
};

function inception(net: Net, x: ValueId, name: string, [one, second, third, pool]: Inception): ValueId {
  const pair = (branch: string, [reduced, filters]: readonly [number, number]): ValueId => {
    const narrow = conv(net, x, `${name}.${branch}.0`, { filters: reduced, kernel: 1 });
    return conv(net, narrow, `${name}.${branch}.1`, { filters, kernel: 3, padding: "same" });
  };
  const single = conv(net, x, `${name}.branch1`, { filters: one, kernel: 1 });
  const branches = [single, pair("branch2", second), pair("branch3", third)];
  const maximum = net.maxPool(x, `${name}.branch4.0`, { size: 3, padding: [1, 1, 1, 1], ceilMode: true });
  return net.concat([...branches, conv(net, maximum, `${name}.branch4.1`, { filters: pool, kernel: 1 })], name);
}

/** Convolution, batch norm, ReLU: one module of torchvision's. */
function conv(net: Net, x: ValueId, name: string, options: Parameters<Net["conv"]>[2]): ValueId {
  const linear = net.conv(x, `${name}.conv`, { ...options, bias: false });
  return net.relu(net.batchNorm(linear, `${name}.bn`, EPSILON), name);
}
