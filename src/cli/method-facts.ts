/** What people choose a method by. Help shows the names without loading the engine; a new method does not compile without an entry. */
import type { MethodName } from "../methods.ts";

export interface MethodFacts {
  /** What it says where: maps of a layer, or numbers for pixels. */
  readonly kind: "layer" | "pixels";
  readonly gradients: boolean;
  /** In passes of the network; one forward pass is shared by all methods of a command. */
  readonly cost: string;
  /** In a few words. */
  readonly about: string;
}

const SHORT = "1 forward, 1 short backward";
const FORWARD = "1 forward";
const BOTH = "1 forward, 1 backward";

const layer = (cost: string, about: string): MethodFacts => ({ kind: "layer", gradients: true, cost, about });
const forward = (cost: string, about: string): MethodFacts => ({ kind: "layer", gradients: false, cost, about });
const pixels = (cost: string, about: string): MethodFacts => ({ kind: "pixels", gradients: true, cost, about });

export const METHOD_FACTS: Readonly<Record<MethodName, MethodFacts>> = {
  "grad-cam": layer(SHORT, "channels weighted by mean gradients"),
  "grad-cam++": layer(SHORT, "gradients weighted by their positions; for several objects"),
  hirescam: layer(SHORT, "gradient × activation, position by position; sums to the score at the head"),
  "grad-cam-elementwise": layer(SHORT, "what of gradient × activation is positive"),
  "xgrad-cam": layer(SHORT, "gradients weighted by shares of activation"),
  "layer-cam": layer(SHORT, "positive gradients position by position; also for early layers"),
  "eigen-cam": forward(FORWARD, "first component of the activations; knows no class"),
  "eigen-grad-cam": layer(SHORT, "first component of gradient × activation"),
  "kpca-cam": forward(FORWARD, "first kernel component of the activations; knows no class"),
  fem: forward(FORWARD, "rare activations; knows no class"),
  "score-cam": forward("1 forward per channel", "channels weighted by what the network says of them alone"),
  "ss-cam": forward("35 forwards per channel, of 32", "score-cam with the mean over noisy masks"),
  "is-cam": forward("10 forwards per channel, of 128", "score-cam with the mean over brighter and brighter masks"),
  "ablation-cam": forward("1 forward, the head per channel", "channels weighted by what is lost without them"),
  "smooth-grad-cam++": layer("1 forward, 1 backward per sample", "grad-cam++ over noisy pictures"),
  "refine-cam": layer(BOTH, "the product of grad-cam++ maps of layers of three sizes"),
  "finer-cam": layer(SHORT, "what tells a class from those like it"),
  "shapley-cam": layer("1 forward, 2 short backwards", "gradients with second-order terms"),
  counterfactual: layer(SHORT, "what speaks against the class"),
  cam: forward(FORWARD, "weights of the last dense layer; behind global pooling only"),
  "random-cam": forward(FORWARD, "random weights: what other methods must beat"),
  saliency: pixels(BOTH, "size of the gradient"),
  "input-x-gradient": pixels(BOTH, "gradient × input"),
  "smooth-grad": pixels("1 forward, 1 backward per sample", "mean gradient over noisy pictures"),
  "integrated-gradients": pixels(
    "1 forward, 1 backward per step",
    "gradients on the way from black; sums to the score",
  ),
  "blur-ig": pixels(
    "1 forward, 1 backward per step",
    "gradients on the way from a blurred picture; sums to what sharpness adds to the score",
  ),
  "guided-backprop": pixels(BOTH, "positive gradients only; needs ReLUs; hardly depends on the class"),
  deconvnet: pixels(BOTH, "as guided-backprop, without looking at activations"),
  "guided-grad-cam": pixels(BOTH, "guided-backprop × grad-cam"),
  "full-grad": pixels(BOTH, "input and biases together sum to the score; needs a piecewise linear network"),
  occlusion: {
    kind: "pixels",
    gradients: false,
    cost: "1 forward per patch",
    about: "what is lost when a patch is hidden",
  },
  rise: {
    kind: "pixels",
    gradients: false,
    cost: "1000 forwards",
    about: "mean of random masks, weighted by what the network says of what they leave",
  },
};

/** In the order of the registry. */
export const METHOD_NAMES = Object.keys(METHOD_FACTS) as readonly MethodName[];
