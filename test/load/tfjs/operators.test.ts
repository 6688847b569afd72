/** Operators of TensorFlow.js graphs, one graph each, against what TensorFlow.js answers (test/golden/tfjs/operators.json). */
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../src/node.ts";
import { type Folder, folderSource } from "../../support/folder-source.ts";
import { goldenJson, relativeMax } from "../../support/golden.ts";

interface Case {
  readonly title: string;
  readonly input: number[];
  readonly nodes: readonly object[];
  readonly weights: readonly object[];
  /** Base64. */
  readonly bytes: string;
  readonly output: { readonly name: string; readonly shape: number[]; readonly values: number[] };
}

const CASES = goldenJson<Case[]>("tfjs/operators.json");

/** Sums of f32, and functions that are approximated. */
const ROUNDING = 3e-6;

function load({ nodes, weights, bytes, output: { name } }: Case) {
  const folder: Folder = {
    "model.json": JSON.stringify({
      format: "graph-model",
      modelTopology: { node: nodes },
      signature: { outputs: { y: { name } } },
      weightsManifest: bytes === "" ? [] : [{ paths: ["weights.bin"], weights }],
    }),
    "weights.bin": Buffer.from(bytes, "base64"),
  };
  return loadModel(folderSource(folder, "model.json"), { engine: { exact: true } });
}

describe("a graph-model with", () => {
  it.each(CASES)("$title answers as in TensorFlow.js", async (one) => {
    const { input: shape, output } = one;
    const model = await load(one);
    const length = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length }, (_, i) => Math.sin(0.37 * i));
    const answer = Object.values(await model.run({ shape, data }))[0]!;
    expect(answer.shape).toEqual(output.shape);
    expect(relativeMax(answer.data, output.values)).toBeLessThan(ROUNDING);
    model.dispose();
  });
});
