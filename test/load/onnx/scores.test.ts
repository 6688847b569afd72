/** Networks that end in a choice of classes are explained by the scores that it is made by. */
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../src/node.ts";
import { codeOf } from "../../support/error-code.ts";
import { floats, modelProto, type NodeParts } from "../../support/onnx.ts";

const HEAD: readonly NodeParts[] = [
  { op: "Conv", inputs: ["x", "w"], outputs: ["map"] },
  { op: "GlobalAveragePool", inputs: ["map"], outputs: ["pooled"] },
  { op: "Flatten", inputs: ["pooled"], outputs: ["logits"] },
  { op: "Softmax", inputs: ["logits"], outputs: ["scores"] },
];
const kernel = floats(
  "w",
  [4, 3, 1, 1],
  Array.from({ length: 12 }, (_, i) => Math.sin(i)),
);
const input = { shape: [1, 3, 8, 8], data: Float32Array.from({ length: 192 }, (_, i) => Math.cos(i)) };

const ending = (nodes: readonly NodeParts[], outputs: readonly string[]): Uint8Array =>
  modelProto({ nodes: [...HEAD, ...nodes], tensors: [kernel, floats("k", [1], [2])], outputs });

const argMax: NodeParts = {
  op: "ArgMax",
  inputs: ["scores"],
  outputs: ["class"],
  attributes: { axis: 1, keepdims: 0 },
};
const topK: NodeParts = { op: "TopK", inputs: ["scores", "k"], outputs: ["best", "which"] };
const cast: NodeParts = { op: "Cast", inputs: ["class"], outputs: ["label"], attributes: { to: 6 } };

describe("a network that ends in a choice", () => {
  it.each<[about: string, nodes: readonly NodeParts[], outputs: readonly string[]]>([
    ["of the best class", [argMax], ["class"]],
    ["of the best class as another type", [argMax, cast], ["label"]],
    ["of some classes, in two outputs", [topK], ["best", "which"]],
    ["beside the scores themselves", [argMax], ["class", "scores"]],
  ])("%s answers with the scores, once", async (_about, nodes, outputs) => {
    const model = await loadModel(ending(nodes, outputs), { engine: { threads: 1 } });
    const plain = await loadModel(ending([], ["scores"]), { engine: { threads: 1 } });
    expect(model.outputs.map(({ name }) => name)).toEqual(["scores"]);
    expect(await model.run(input)).toEqual(await plain.run(input));
    expect([model.classes, model.defaultLayer]).toEqual([4, "map"]);
    model.dispose();
    plain.dispose();
  });

  it("is refused where more is computed from the choice, or it is made of the picture itself", async () => {
    const used: NodeParts = { op: "Mul", inputs: ["class", "class"], outputs: ["y"] };
    expect(await codeOf(() => loadModel(ending([argMax, used], ["y"])))).toBe("E_UNSUPPORTED_OP");
    const ofPixels: NodeParts = { ...argMax, inputs: ["x"] };
    expect(await codeOf(() => loadModel(ending([ofPixels], ["class"])))).toBe("E_UNSUPPORTED_OP");
  });

  it("is a cycle where it is behind itself", async () => {
    const nodes = [
      { op: "Identity", inputs: ["b"], outputs: ["a"] },
      { op: "Identity", inputs: ["a"], outputs: ["b"] },
    ];
    expect(await codeOf(() => loadModel(ending(nodes, ["a"])))).toBe("E_GRAPH");
  });
});
