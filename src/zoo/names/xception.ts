/** Xception in timm (legacy_xception): blocks are sequences in which ReLUs and norms count too. */
import { torchNaming } from "./torch.ts";

const ENDS = new Map([
  ["block1_conv1", "conv1"],
  ["block1_conv1_bn", "bn1"],
  ["block1_conv2", "conv2"],
  ["block1_conv2_bn", "bn2"],
  ["block14_sepconv1", "conv3"],
  ["block14_sepconv1_bn", "bn3"],
  ["block14_sepconv2", "conv4"],
  ["block14_sepconv2_bn", "bn4"],
  ["predictions", "fc"],
]);

/** Shortcuts in the order in which Keras numbers them, by timm's blocks. */
const SHORTCUTS: ReadonlyMap<string, string> = new Map(
  ["", "_1", "_2", "_3"].flatMap((suffix, i) => {
    const block = [1, 2, 3, 12][i]!;
    return [
      [`conv2d${suffix}`, `block${block}.skip`],
      [`batch_normalization${suffix}`, `block${block}.skipbn`],
    ] as const;
  }),
);

/** "block3_sepconv2", "block3_sepconv2_bn" */
const SEPARABLE = /^block(\d+)_sepconv(\d)(_bn)?$/;

const PARTS = new Map([
  ["depthwise", ".conv1"],
  ["pointwise", ".pointwise"],
]);

export const timmXception = torchNaming({
  name: "timm",
  preprocess: "tf",
  module(name) {
    const [layer, part] = name.split("/") as [string, string?];
    const suffix = part === undefined ? "" : PARTS.get(part)!;
    const end = ENDS.get(layer) ?? SHORTCUTS.get(layer);
    if (end !== undefined) return end + suffix;
    const [match, block, index, norm] = SEPARABLE.exec(layer) ?? [];
    if (!match) return undefined;
    // ReLU, convolution, norm; the first block has no ReLU in front.
    const position = (Number(index) - 1) * 3 + (block === "2" ? 0 : 1) + (norm ? 1 : 0);
    return `block${Number(block) - 1}.rep.${position}${suffix}`;
  },
});
