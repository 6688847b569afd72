/** Every result says what it takes to make it again. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesSource, explain, loadModel, type Model, readImage } from "../src/node.ts";
import { loadModel as loadInCore } from "../src/index.ts";
import { codeOf } from "./support/error-code.ts";

const WEIGHTS = new URL("../weights/efficientnet-lite0.f16.safetensors", import.meta.url);

let model: Model;
let expected: string;

beforeAll(async () => {
  model = await loadModel();
  expected = createHash("sha256").update(readFileSync(WEIGHTS)).digest("hex");
});

afterAll(() => model.dispose());

describe("an explanation", () => {
  it("carries the model's hash once that was asked for, and its preprocessing, options, sign and seed always", async () => {
    const image = await readImage("examples/cat.jpg");
    const before = await explain(model, image);
    expect(before.model).toEqual({ name: model.name, format: "safetensors", preprocess: model.preprocess });
    expect(await model.sha256()).toBe(expected);
    const after = await explain(model, image, { method: "score-cam", maxN: 4, sign: "signed", seed: 7 });
    expect(after).toMatchObject({
      model: { sha256: expected },
      picture: { width: 451, height: 300 },
      parameters: { maxN: 4 },
      sign: "signed",
      seed: 7,
      engine: { exact: false, weights: "f32" },
    });
  });

  it("names the classes that a contrast is held against", async () => {
    const target = { for: "tabby", against: ["tiger_cat", "Egyptian_cat"] };
    const explanation = await explain(model, await readImage("examples/cat.jpg"), { target });
    expect(explanation.target).toMatchObject({ index: 281, against: [282, 285] });
  });
});

describe("the hash of a model", () => {
  it("is the same where nothing is streamed", async () => {
    const core = await loadInCore(bytesSource(readFileSync(WEIGHTS)), { engine: { threads: 1 } });
    expect(await core.sha256()).toBe(expected);
    core.dispose();
  });

  it("is gone when weights are replaced, since memory is no longer what the file says", async () => {
    const changed = await loadModel();
    await changed.sha256();
    await changed.setWeights({ "_fc/bias": new Float32Array(1000) });
    expect(await changed.sha256()).toBeUndefined();
    expect(changed.identity).not.toHaveProperty("sha256");
    changed.dispose();
  });

  it("cannot be asked of a model that was disposed of", async () => {
    const gone = await loadModel();
    gone.dispose();
    expect(await codeOf(() => gone.sha256())).toBe("E_DISPOSED");
  });
});
