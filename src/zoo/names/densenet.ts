/** DenseNets in torchvision and timm, which agree; files saved before 2019 write norm.1 for norm1. */
import { torchNaming } from "./torch.ts";

const ENDS = new Map([
  ["conv1_conv", "features.conv0"],
  ["conv1_bn", "features.norm0"],
  ["bn", "features.norm5"],
  ["predictions", "classifier"],
]);

/** "conv3_block2_0_bn", "conv3_block2_1_conv": block, layer, position, kind. The first norm has position 0. */
const LAYER = /^conv(\d)_block(\d+)_(\d)_(conv|bn)$/;
/** "pool2_bn", "pool2_conv" */
const TRANSITION = /^pool(\d)_(conv|bn)$/;

const modules =
  (dot: string) =>
  (layer: string): string | undefined => {
    const [inBlock, block, index, position, kind] = LAYER.exec(layer) ?? [];
    if (inBlock) {
      const path = `features.denseblock${Number(block) - 1}.denselayer${index!}`;
      return kind === "conv" ? `${path}.conv${dot}${position!}` : `${path}.norm${dot}${Number(position) + 1}`;
    }
    const [between, id, part] = TRANSITION.exec(layer) ?? [];
    if (between) return `features.transition${Number(id) - 1}.${part === "conv" ? "conv" : "norm"}`;
    return ENDS.get(layer);
  };

export const torchDensenet = torchNaming({ name: "torchvision", preprocess: "torch", module: modules("") });
export const oldTorchDensenet = torchNaming({
  name: "torchvision before 2019",
  preprocess: "torch",
  module: modules("."),
});
