/** Layers-models that Python and tfjs wrote, against their own numbers (test/golden/tfjs). */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type HostTensor, loadModel } from "../../../src/node.ts";
import { goldenJson, relativeMax } from "../../support/golden.ts";

interface Tensor {
  readonly name: string;
  readonly shape: number[];
  readonly values: number[];
}

interface Expected {
  readonly tolerance: number;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly gradients: readonly { output: number; flat_index: number; inputs: (number[] | null)[] }[];
}

const MODELS = [
  ...["js_functional", "js_sequential", "layers_siamese_f32"],
  ...["f32", "float16", "uint16", "uint8"].flatMap((type) => [`layers_small_${type}`, `layers_tiny_${type}`]),
];

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../golden/tfjs/${name}/model.json`, import.meta.url));

describe.each(MODELS)("%s", (name) => {
  const golden = goldenJson<Expected>(`tfjs/${name}/expected.json`);
  const input: Record<string, HostTensor> = Object.fromEntries(
    golden.inputs.map(({ name: key, shape, values }) => [key, { shape, data: Float32Array.from(values) }]),
  );

  it("answers as the library that wrote it", async () => {
    const model = await loadModel(pathOf(name), { engine: { exact: true } });
    const outputs = Object.values(await model.run(input));
    expect(outputs).toHaveLength(golden.outputs.length);
    for (const [i, { shape, values }] of golden.outputs.entries()) {
      expect(outputs[i]!.shape).toEqual(shape);
      expect(relativeMax(outputs[i]!.data, values)).toBeLessThan(golden.tolerance);
    }
    model.dispose();
  });

  it("has the gradients of its first output's largest element", async () => {
    const model = await loadModel(pathOf(name), { engine: { exact: true } });
    const { flat_index: of, inputs } = golden.gradients.find(({ output }) => output === 0)!;
    const wrt = golden.inputs.map(({ name: key }) => key);
    const { gradients } = await model.gradients(input, { of, score: "probability", wrt });
    for (const [i, expected] of inputs.entries()) {
      expect(relativeMax(gradients[wrt[i]!]!.data, expected!)).toBeLessThan(golden.tolerance);
    }
    model.dispose();
  });
});
