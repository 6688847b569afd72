/** Eleven networks of keras.applications with synthetic weights, against Keras run in float64. Tolerances: README.md beside the data. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classify, type EngineOptions, explainMany, type Model, type PresetName } from "../../src/node.ts";
import { resolvePreprocess } from "../../src/image/presets.ts";
import { preprocess } from "../../src/image/preprocess.ts";
import type { ArchitectureName } from "../../src/zoo/architecture-names.ts";
import { goldenBytes, goldenJson, relativeL2, relativeMax } from "../support/golden.ts";
import type { SyntheticTensor } from "../support/synthetic-weights.ts";
import { zooModel } from "../support/zoo-models.ts";

type MapName = "logit_top1" | "prob_top1" | "logit_c796" | "prob_c796";
const MAP_NAMES: readonly MapName[] = ["logit_top1", "prob_top1", "logit_c796", "prob_c796"];

interface GoldenModel {
  parameters: number;
  input: { preprocess: PresetName };
  auto_layer: string;
  classes: { top1: number; c796: number };
  top5: [number, number][];
  tensors: SyntheticTensor[];
  layers: { name: string; maps: Record<MapName, { raw: number[] }> }[];
  input_gradient: { l2: number; max_abs: number; index: number[]; value: number[] };
  fp32_vs_fp64: {
    logits: number;
    input_gradient: number;
    input_gradient_l2: number;
    layers: ({ name: string; activation: number } & Record<MapName, { raw: number }>)[];
  };
  fp64: {
    logits: number[];
    input_gradient_value: number[];
    input_gradient_l2: number;
    /** Not every map was made in float64. */
    layers: { name: string; raw: Partial<Record<MapName, number[]>> }[];
  };
}

/** Without the number of pictures that a Normalization layer was adapted to, which Keras counts and nothing computes with. */
const parametersOf = ({ parameters, tensors }: GoldenModel): number =>
  parameters - tensors.filter(({ name }) => name.endsWith("/count")).length;

/**
 * The reference assigned a Normalization layer's weights without finalize_state(), which loading a file does call: Keras then
 * computed with mean 0 and variance 1, whatever the manifest says.
 */
function asKerasRan(tensor: SyntheticTensor): SyntheticTensor {
  const { name } = tensor;
  if (!name.startsWith("normalization/")) return tensor;
  return { ...tensor, center: name.endsWith("/variance") ? 1 : 0, scale: 0 };
}

const called = <T extends { name: string }>(layers: T[], name: string): T =>
  layers.find((layer) => layer.name === name)!;

/** Golden name → architecture. */
const MODELS: Readonly<Record<string, ArchitectureName>> = {
  vgg16: "vgg16",
  vgg19: "vgg19",
  mobilenet: "mobilenet",
  mobilenetv2: "mobilenet-v2",
  resnet50: "resnet50",
  resnet50v2: "resnet50-v2",
  densenet121: "densenet121",
  inceptionv3: "inception-v3",
  xception: "xception",
  efficientnetb0: "efficientnet-b0",
  mobilenetv3small: "mobilenet-v3-small",
};

const picture = {
  data: new Uint8ClampedArray(goldenBytes("keras/models/chelsea_224x224x3.u8")),
  width: 224,
  height: 224,
  channels: 3,
} as const;

const ENGINES: Readonly<Record<string, EngineOptions>> = {
  "build simd": { build: "simd" },
  "build relaxed": { build: "relaxed" },
  exact: { exact: true },
};

describe.each(Object.entries(ENGINES))("%s", (_, engine) => {
  describe.each(Object.entries(MODELS))("%s", (file, name) => {
    const golden = goldenJson<GoldenModel>(`keras/models/${file}.json`);
    const spec = resolvePreprocess(golden.input.preprocess);
    const input = preprocess(picture, spec);
    let model: Model;

    beforeAll(async () => {
      model = await zooModel(name, golden.tensors.map(asKerasRan), golden.input.preprocess, engine);
    });
    afterAll(() => {
      model.dispose();
    });

    it("has Keras' parameter count and default layer", () => {
      expect(model.layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parametersOf(golden));
      expect(model.defaultLayer).toBe(golden.auto_layer);
    });

    it("gives the logits of float64 Keras within ten times float32 Keras' own distance", async () => {
      const predictions = await classify(model, input, { top: 1000 });
      const logits = new Float32Array(1000);
      for (const { index, logit } of predictions) logits[index] = logit;
      expect(relativeMax(logits, golden.fp64.logits)).toBeLessThanOrEqual(10 * golden.fp32_vs_fp64.logits);
      expect(predictions.slice(0, 5).map(({ index }) => index)).toEqual(golden.top5.map(([index]) => index));
    });

    it("gives raw Grad-CAM maps at the auto layer and below", async () => {
      const layers = golden.fp64.layers.map((layer) => layer.name);
      for (const score of ["logit", "probability"] as const) {
        const targets = [golden.classes.top1, golden.classes.c796];
        const explanations = await explainMany(model, input, { targets, layers, score });
        for (const { layer: name, target, raw } of explanations) {
          const layer = String(name);
          const at = MAP_NAMES.find(
            (map) => map.startsWith(score.slice(0, 4)) && map.endsWith(target.index === 796 ? "c796" : "top1"),
          )!;
          const theirs = called(golden.fp64.layers, layer).raw[at] ?? called(golden.layers, layer).maps[at].raw;
          const level = called(golden.fp32_vs_fp64.layers, layer)[at].raw;
          const where = `${layer} ${at}`;
          // On the way back through ReLUs and pools one flipped mask makes a jump. Float32 Keras has jumped where its
          // level is above 1e-5; folded batch norms may flip masks that Keras' order of operations does not.
          const sharp = level <= 1e-5 && (engine.exact === true || layer === golden.auto_layer);
          if (sharp) expect(relativeMax(raw.data, theirs), where).toBeLessThanOrEqual(10 * level);
          else expect(relativeL2(raw.data, theirs), where).toBeLessThanOrEqual(1e-2);
        }
      }
    });

    it("gives the gradient of the input", async () => {
      const { gradients } = await model.gradients(input, { of: golden.classes.top1, wrt: ["input"] });
      const gradient = gradients["input"]!;
      const sampled = golden.input_gradient.index.map((index) => gradient.data[index]!);
      const norm = Math.sqrt(gradient.data.reduce((sum, value) => sum + value ** 2, 0));
      expect(gradient.shape).toEqual([1, 224, 224, 3]);
      expect(Math.abs(norm / golden.fp64.input_gradient_l2 - 1)).toBeLessThanOrEqual(1e-2);
      expect(relativeL2(sampled, golden.fp64.input_gradient_value)).toBeLessThanOrEqual(1e-2);
      if (engine.exact && golden.fp32_vs_fp64.input_gradient <= 1e-5) {
        expect(relativeMax(sampled, golden.fp64.input_gradient_value)).toBeLessThanOrEqual(1e-4);
      }
    });
  });
});
