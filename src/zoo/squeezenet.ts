/**
 * SqueezeNet 1.0 and 1.1: fire modules squeeze channels by 1×1 and expand them by 1×1 beside 3×3; no dense layer.
 * Iandola et al. 2016, https://arxiv.org/abs/1602.07360, table 1. Layers are called as in torchvision.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture } from "./architecture.ts";
import { torchvisionPaths } from "./names/paths.ts";
import type { Net } from "./net.ts";

/** Filters of a fire module: squeezed, and expanded by either window. "pool" is the maximum of 3×3 stride 2. */
type Stage = readonly [squeeze: number, expand: number] | "pool";

interface Version {
  readonly title: string;
  readonly stem: { readonly filters: number; readonly kernel: number };
  readonly stages: readonly Stage[];
}

function squeezenet({ title, stem, stages }: Version): Architecture {
  return {
    title,
    inputSize: 224,
    namings: [torchvisionPaths("torch")],
    top: ["classifier.1"],
    build(net, { size, classes }) {
      let x = net.conv(net.input(size), "features.0", { ...stem, stride: 2 });
      x = net.relu(x, "features.1");
      stages.forEach((stage, i) => {
        const name = `features.${i + 2}`;
        x = stage === "pool" ? net.maxPool(x, name, { size: 3, stride: 2, ceilMode: true }) : fire(net, x, name, stage);
      });
      x = net.relu(net.conv(x, "classifier.1", { filters: classes, kernel: 1 }), "classifier.2");
      return net.softmax(net.globalPool(x, "classifier.3"), "softmax");
    },
  };
}

function fire(net: Net, input: ValueId, name: string, [squeeze, expand]: readonly [number, number]): ValueId {
  const part = (x: ValueId, layer: string, filters: number, kernel: number): ValueId =>
    net.relu(net.conv(x, `${name}.${layer}`, { filters, kernel, padding: "same" }), `${name}.${layer}_activation`);
  const x = part(input, "squeeze", squeeze, 1);
  return net.concat([part(x, "expand1x1", expand, 1), part(x, "expand3x3", expand, 3)], name);
}

export const squeezenet10 = squeezenet({
  title: "SqueezeNet 1.0",
  stem: { filters: 96, kernel: 7 },
  stages: [
    "pool",
    [16, 64],
    [16, 64],
    [32, 128],
    "pool",
    [32, 128],
    [48, 192],
    [48, 192],
    [64, 256],
    "pool",
    [64, 256],
  ],
});

export const squeezenet11 = squeezenet({
  title: "SqueezeNet 1.1",
  stem: { filters: 64, kernel: 3 },
  stages: [
    "pool",
    [16, 64],
    [16, 64],
    "pool",
    [32, 128],
    [32, 128],
    "pool",
    [48, 192],
    [48, 192],
    [64, 256],
    [64, 256],
  ],
});
