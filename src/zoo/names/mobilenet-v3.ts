/** MobileNetV3 in PyTorch: torchvision numbers everything, timm groups blocks into stages. */
import { stageOf } from "./mobilenet-v2.ts";
import type { Naming } from "./naming.ts";
import { torchNaming } from "./torch.ts";

/** "expanded_conv_3_expand_bn" → ["3", "expand_bn"]; the first block has no number and no expansion. */
const BLOCK_LAYER = /^expanded_conv_(?:(\d+)_)?(\w+)$/;

/** Steps of a block and their parts: convolution, norm. */
const STEPS = ["expand", "depthwise", "squeeze_excite", "project"];

/** @param squeezing which blocks have squeeze-and-excitation: it is a step of the sequence */
export const torchvisionMobilenetV3 = (squeezing: readonly boolean[]): Naming =>
  torchNaming({
    name: "torchvision",
    preprocess: "torch",
    module(layer) {
      const [match, number, part] = BLOCK_LAYER.exec(layer) ?? [];
      if (!match) return torchvisionEnds(squeezing.length).get(layer);
      const id = Number(number ?? 0);
      const step = STEPS.find((name) => part!.startsWith(name));
      const present = STEPS.filter(
        (name) => (name !== "expand" || id > 0) && (name !== "squeeze_excite" || squeezing[id]),
      );
      const position = step === undefined ? -1 : present.indexOf(step);
      if (position < 0) return undefined;
      const inner = part === "squeeze_excite_conv" ? "fc1" : part === "squeeze_excite_conv_1" ? "fc2" : undefined;
      return `features.${id + 1}.block.${position}.${inner ?? (part!.endsWith("_bn") ? 1 : 0)}`;
    },
  });

const torchvisionEnds = (blocks: number): ReadonlyMap<string, string> =>
  new Map([
    ["conv", "features.0.0"],
    ["conv_bn", "features.0.1"],
    ["conv_1", `features.${blocks + 1}.0`],
    ["conv_1_bn", `features.${blocks + 1}.1`],
    ["conv_2", "classifier.0"],
    ["logits", "classifier.3"],
  ]);

const TIMM_PARTS = new Map([
  ["expand", "conv_pw"],
  ["expand_bn", "bn1"],
  ["depthwise", "conv_dw"],
  ["depthwise_bn", "bn2"],
  ["squeeze_excite_conv", "se.conv_reduce"],
  ["squeeze_excite_conv_1", "se.conv_expand"],
  ["project", "conv_pwl"],
  ["project_bn", "bn3"],
]);

/** Of the first block, which does not expand. */
const TIMM_FIRST_PARTS = new Map([
  ...TIMM_PARTS,
  ["depthwise_bn", "bn1"],
  ["project", "conv_pw"],
  ["project_bn", "bn2"],
]);

const timmModule =
  (stages: readonly number[]) =>
  (layer: string): string | undefined => {
    const [match, number, part] = BLOCK_LAYER.exec(layer) ?? [];
    if (!match) return timmEnds(stages.length).get(layer);
    const id = Number(number ?? 0);
    const module = (id === 0 ? TIMM_FIRST_PARTS : TIMM_PARTS).get(part!);
    return module === undefined ? undefined : `blocks.${stageOf(id, stages)}.${module}`;
  };

/** timm's own weights. @param stages blocks per stage */
export const timmMobilenetV3 = (stages: readonly number[]): Naming =>
  torchNaming({ name: "timm", preprocess: "torch", geometry: { epsilon: 1e-5 }, module: timmModule(stages) });

/** Weights ported from TensorFlow (tf_mobilenetv3_…): the same tensors for another geometry, and inputs of −1 … 1. */
export const timmTensorflowMobilenetV3 = (stages: readonly number[]): Naming =>
  torchNaming({
    name: "timm tf_",
    preprocess: "tf",
    flavour: "keras",
    geometry: { rescales: false },
    module: timmModule(stages),
  });

const timmEnds = (stages: number): ReadonlyMap<string, string> =>
  new Map([
    ["conv", "conv_stem"],
    ["conv_bn", "bn1"],
    ["conv_1", `blocks.${stages}.0.conv`],
    ["conv_1_bn", `blocks.${stages}.0.bn1`],
    ["conv_2", "conv_head"],
    ["logits", "classifier"],
  ]);
