/** ONNX's light models: whole classifiers whose weights were replaced by one number each. Their answers are constant: they prove loading. */
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../src/node.ts";
import { goldenBytes } from "../../support/golden.ts";

/** By name: every number of the answer, as ONNX stores it beside the file. */
const ANSWERS = [
  ["densenet121", 0.46095502],
  ["inception_v2", 0.001],
  ["resnet50", 0.001],
  ["shufflenet", 0.001],
  ["squeezenet", 0.001],
  ["vgg19", 0.001],
] as const;

describe("light models", () => {
  it.each(ANSWERS)("%s loads and answers", { timeout: 60_000 }, async (name, answer) => {
    const model = await loadModel(gunzipSync(goldenBytes(`onnx/light/${name}.onnx.gz`)), { engine: { exact: true } });
    const { shape } = model.inputs[0]!;
    expect(shape).toEqual([1, 3, 224, 224]);
    const data = new Float32Array(3 * 224 * 224).fill(0.5);
    const [scores] = Object.values(await model.run({ shape, data }));
    expect(Math.max(...scores!.data.map((score) => Math.abs(score - answer)))).toBeLessThan(1e-6 * answer);
    expect(model.classes).toBe(1000);
    expect(model.labels).toBeDefined();
    expect(model.layers.find((layer) => layer.name === model.defaultLayer)).toMatchObject({ spatial: true });
    model.dispose();
  });
});
