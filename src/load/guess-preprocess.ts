/** How pictures become inputs of a network that describes its layers and not its pictures: by its name, or by its first layers. */
import type { PresetName } from "../image/presets.ts";
import type { PreprocessGuess } from "./graph-file.ts";

/** What keras.applications calls its models, and how each of them was trained. */
const FAMILIES: readonly (readonly [name: RegExp, preset: PresetName])[] = [
  [/^vgg(16|19)/, "caffe"],
  [/^resnet(50|101|152)_?v2/, "tf"],
  [/^resnet(50|101|152)/, "caffe"],
  [/^(mobilenet(v2)?_|mobilenet(v2)?$|inception_?(v3|resnet_?v2)|xception|nasnet)/, "tf"],
  [/^densenet/, "torch"],
  [/^(efficientnet|mobilenetv3|convnext)/, "none"],
];

export interface Clues {
  /** What the network and the networks inside of it are called. */
  readonly names: readonly string[];
  /** A layer of it scales or shifts its own input. */
  readonly rescales: boolean;
}

export function guessPreprocess({ names, rescales }: Clues): PreprocessGuess {
  if (rescales) return { preset: "none", why: "the network rescales itself" };
  for (const name of names) {
    const family = FAMILIES.find(([pattern]) => pattern.test(name.toLowerCase()));
    if (family) return { preset: family[1], why: `what ${name} of keras.applications was trained with` };
  }
  return { preset: "unit", why: "no hint in the file: 0 … 1 is the commonest" };
}
