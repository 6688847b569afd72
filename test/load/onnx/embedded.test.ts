/** The embedded model written as ONNX by our own bench: the same logits, gradients and maps as from its own file. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toOnnx } from "../../../bench/onnx/export.ts";
import { byteLength, bytesOf } from "../../../bench/onnx/protobuf.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { fileSource } from "../../../src/node/file-source.ts";
import { classify, explain, loadModel, type Model, prepare, readImage } from "../../../src/node.ts";
import { maxDifference, relativeL2, relativeMax } from "../../support/golden.ts";

const WEIGHTS = "weights/efficientnet-lite0.f16.safetensors";

/** The same sums in the same order, but for ε of the batch norms, which the file rounds to f32. */
const ROUNDING = 1e-5;

let own: Model;
let read: Model;

beforeAll(async () => {
  const loaded = await loadGraph(await fileSource(WEIGHTS));
  const message = toOnnx(loaded.graph);
  const bytes = new Uint8Array(byteLength(message));
  let at = 0;
  for await (const piece of bytesOf(message)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  await loaded.close();
  own = await loadModel(undefined, { engine: { exact: true } });
  read = await loadModel(bytes, { preprocess: own.preprocess, engine: { exact: true } });
});

afterAll(() => {
  own.dispose();
  read.dispose();
});

describe("the embedded model as ONNX", () => {
  it("has the same logits and labels", async () => {
    const image = await readImage("examples/cat.jpg");
    const [expected, found] = [await classify(own, image), await classify(read, image)];
    expect(found.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
    expect(
      relativeMax(
        found.map(({ logit }) => logit),
        expected.map(({ logit }) => logit),
      ),
    ).toBeLessThan(ROUNDING);
  });

  it("takes the file's own layout, which is TensorFlow's here", () => {
    expect(read.inputs).toEqual([{ name: "input", shape: [1, 224, 224, 3], layout: "NHWC" }]);
    expect(read.outputs.map(({ name }) => name)).toEqual(["probabilities", "logits"]);
  });

  it("has the same gradients", async () => {
    const input = prepare(own, await readImage("examples/cat.jpg"));
    const [expected, found] = await Promise.all(
      [own, read].map((model) => model.gradients(input, { of: 285, wrt: ["input"] })),
    );
    // ε of the batch norms is an f32 in the file: an activation at the corner of a ReLU6 may then be on its other side.
    expect(relativeL2(found!.gradients["input"]!.data, expected!.gradients["input"]!.data)).toBeLessThan(1e-2);
  });

  it.each(["grad-cam", "grad-cam++", "layer-cam"] as const)("has the same map by %s", async (method) => {
    const image = await readImage("examples/cat.jpg");
    const [expected, found] = [await explain(own, image, { method }), await explain(read, image, { method })];
    expect([found.raw.width, found.raw.height]).toEqual([expected.raw.width, expected.raw.height]);
    expect(maxDifference(found.map.data, expected.map.data)).toBeLessThan(1e-3);
  });
});
