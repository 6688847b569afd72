/** Networks of torchvision and timm by their own names, layouts and geometries, against PyTorch in float64. */
import { describe, expect, it } from "vitest";
import { classify, createModel, explain } from "../../src/node.ts";
import { elements } from "../../src/shape.ts";
import { matchArchitecture } from "../../src/zoo/match.ts";
import type { StoredTensors } from "../../src/zoo/weights.ts";
import { goldenJson, relativeMax } from "../support/golden.ts";
import { syntheticParameter, type SyntheticTensor, syntheticValues } from "../support/synthetic-weights.ts";

interface Reference {
  /** Side of the picture; 64 unless stated. */
  size?: number;
  logits: number[];
  cam: number[];
  /** How far PyTorch itself is from float64 when it computes in float32. */
  fp32_vs_fp64: { logits: number; cam: number };
  tensors: SyntheticTensor[];
}

/** Golden network → the layer at which its map was taken, by our name. */
const NETWORKS = {
  "torchvision.vgg16": "block5_conv3",
  "torchvision.vgg19": "block5_conv4",
  "torchvision.mobilenet_v2": "out_relu",
  "torchvision.resnet50": "conv5_block3_out",
  "timm.vgg16": "block5_conv3",
  "timm.mobilenetv2_100": "out_relu",
  "timm.resnet50": "conv5_block3_out",
  "torchvision.resnet18": "conv5_block2_out",
  "torchvision.densenet121": "conv5_block16_concat",
  "torchvision.inception_v3": "mixed10",
  "torchvision.googlenet": "inception5b",
  "torchvision.squeezenet1_0": "features.12",
  "torchvision.squeezenet1_1": "features.12",
  "torchvision.mobilenet_v3_small": "activation_17",
  "torchvision.mobilenet_v3_large": "activation_19",
  "torchvision.efficientnet_b0": "top_activation",
  "timm.resnetv2_50": "post_relu",
  "timm.mobilenetv3_small_100": "activation_17",
  "timm.efficientnet_b0": "top_activation",
  "timm.tf_efficientnet_b0": "top_activation",
  "timm.tf_efficientnetv2_b0": "top_activation",
  "timm.tf_mobilenetv3_small_100": "activation_17",
  "timm.legacy_xception": "block14_sepconv2_act",
} as const;

/** Networks whose default layer is another than that of the reference: behind the last norm, or the class maps themselves. */
const DEFAULTS: Readonly<Record<string, string>> = {
  "torchvision.densenet121": "relu",
  "torchvision.squeezenet1_0": "classifier.2",
  "torchvision.squeezenet1_1": "classifier.2",
};

/** Weights ported from TensorFlow, for inputs of −1 … 1. */
const PORTED = [
  "torchvision.inception_v3",
  "torchvision.googlenet",
  "timm.tf_mobilenetv3_small_100",
  "timm.legacy_xception",
];

const stored = (tensors: readonly SyntheticTensor[]): StoredTensors =>
  new Map(
    tensors.map((tensor) => [tensor.name, { ...tensor, dtype: "F32", parameter: () => syntheticParameter(tensor) }]),
  );

/** The input of the references, from NCHW to NHWC. */
function input(side: number): { data: Float32Array; shape: number[] } {
  const shape = [1, side, side, 3];
  const planes = syntheticValues({ name: "input", shape, center: 0, scale: 2 }, 0, elements(shape));
  const data = Float32Array.from(
    { length: planes.length },
    (_, i) => planes[(i % 3) * side * side + Math.floor(i / 3)]!,
  );
  return { data, shape };
}

describe.each(Object.entries(NETWORKS))("%s", (network, layer) => {
  it("is recognised, and gives PyTorch's logits and Grad-CAM", { timeout: 120_000 }, async () => {
    const {
      logits,
      cam,
      tensors,
      fp32_vs_fp64: level,
      size: side = 64,
    } = goldenJson<Reference>(`torch/${network}.json`);
    const { graph, preprocess } = await matchArchitecture(stored(tensors), {
      file: network,
      format: "test",
      size: [side, side],
      // Whose geometry it is cannot be told from the tensors.
      ...(network.startsWith("timm.tf_") && { architecture: network.slice("timm.".length) }),
    });
    expect(preprocess).toBe(PORTED.includes(network) ? "tf" : "torch");
    const model = await createModel(graph, { preprocess });
    const predictions = await classify(model, input(side), { top: logits.length });
    const ours = logits.map((_, index) => predictions.find((prediction) => prediction.index === index)!.logit);
    expect(relativeMax(ours, logits)).toBeLessThanOrEqual(10 * level.logits);
    expect(model.defaultLayer).toBe(DEFAULTS[network] ?? layer);
    const { raw } = await explain(model, input(side), { layer });
    expect(relativeMax(raw.data, cam)).toBeLessThanOrEqual(10 * level.cam);
    model.dispose();
  });
});
