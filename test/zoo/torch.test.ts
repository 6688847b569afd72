/** Networks of torchvision and timm by their own names, layouts and geometries, against PyTorch in float64. */
import { describe, expect, it } from "vitest";
import { classify, createModel, explain } from "../../src/node.ts";
import { elements } from "../../src/shape.ts";
import { matchArchitecture } from "../../src/zoo/match.ts";
import type { StoredTensors } from "../../src/zoo/weights.ts";
import { goldenJson, relativeMax } from "../support/golden.ts";
import { syntheticParameter, type SyntheticTensor, syntheticValues } from "../support/synthetic-weights.ts";

interface Reference {
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
} as const;

const SIDE = 64;

const stored = (tensors: readonly SyntheticTensor[]): StoredTensors =>
  new Map(
    tensors.map((tensor) => [tensor.name, { ...tensor, dtype: "F32", parameter: () => syntheticParameter(tensor) }]),
  );

/** The input of the references, from NCHW to NHWC. */
function input(): { data: Float32Array; shape: number[] } {
  const shape = [1, SIDE, SIDE, 3];
  const planes = syntheticValues({ name: "input", shape, center: 0, scale: 2 }, 0, elements(shape));
  const data = Float32Array.from(
    { length: planes.length },
    (_, i) => planes[(i % 3) * SIDE * SIDE + Math.floor(i / 3)]!,
  );
  return { data, shape };
}

describe.each(Object.entries(NETWORKS))("%s", (network, layer) => {
  it("is recognised, and gives PyTorch's logits and Grad-CAM", { timeout: 120_000 }, async () => {
    const { logits, cam, tensors, fp32_vs_fp64: level } = goldenJson<Reference>(`torch/${network}.json`);
    const { graph, preprocess } = matchArchitecture(stored(tensors), {
      file: network,
      format: "test",
      size: [SIDE, SIDE],
    });
    expect(preprocess).toBe("torch");
    const model = await createModel(graph, { preprocess });
    const predictions = await classify(model, input(), { top: logits.length });
    const ours = logits.map((_, index) => predictions.find((prediction) => prediction.index === index)!.logit);
    expect(relativeMax(ours, logits)).toBeLessThanOrEqual(10 * level.logits);
    expect(model.defaultLayer).toBe(layer);
    const { raw } = await explain(model, input(), { layer });
    expect(relativeMax(raw.data, cam)).toBeLessThanOrEqual(10 * level.cam);
    model.dispose();
  });
});
