/** Graph models that TensorFlow's converter wrote, against the numbers of the Keras models they came from (test/golden/tfjs). */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../src/node.ts";
import { goldenJson, relativeMax } from "../../support/golden.ts";

interface Expected {
  readonly tolerance: number;
  readonly inputs: readonly { name: string; shape: number[]; values: number[] }[];
  readonly outputs: readonly { name: string; shape: number[]; values: number[] }[];
  readonly outputs_tfjs?: Expected["outputs"];
  readonly gradients: readonly { output: number; flat_index: number; inputs: (number[] | null)[] }[];
}

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../golden/tfjs/${name}/model.json`, import.meta.url));

/** Rounding of engines; what weights lost by quantisation is in the file's own tolerance. */
const ROUNDING = 1e-5;

describe.each(["graph_small_f32", "graph_small_float16", "graph_small_uint8", "graph_tiny_f32"])("%s", (name) => {
  const golden = goldenJson<Expected>(`tfjs/${name}/expected.json`);
  const [{ shape, values } = { shape: [], values: [] }] = golden.inputs;
  const input = { shape, data: Float32Array.from(values) };

  it("answers as the model it was converted from, and as tfjs", async () => {
    const model = await loadModel(pathOf(name), { engine: { exact: true } });
    const outputs = await model.run(input);
    const { data } = Object.values(outputs)[0]!;
    expect(relativeMax(data, golden.outputs[0]!.values)).toBeLessThan(golden.tolerance);
    const same = golden.outputs_tfjs ?? golden.outputs;
    expect(relativeMax(data, same[0]!.values)).toBeLessThan(ROUNDING);
    model.dispose();
  });

  it("has the gradient of that model", async () => {
    const model = await loadModel(pathOf(name), { engine: { exact: true } });
    const [
      {
        flat_index: of,
        inputs: [expected],
      },
    ] = golden.gradients as [Expected["gradients"][0]];
    const { gradients } = await model.gradients(input, { of, score: "probability", wrt: ["input"] });
    expect(relativeMax(gradients["input"]!.data, expected!)).toBeLessThan(Math.max(golden.tolerance, ROUNDING));
    model.dispose();
  });
});
