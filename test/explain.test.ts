/** What explain answers, refuses and warns about; its numbers are tested in test/golden/. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  explain,
  explainMany,
  type ExplainOptions,
  GraphBuilder,
  createModel,
  type HostTensor,
  loadModel,
  type LoadOptions,
  type Model,
  parameterOf,
} from "../src/node.ts";
import { diagnose, normalized } from "../src/cam/normalize.ts";
import { goldenFloats } from "./support/golden.ts";

const input: HostTensor = { data: goldenFloats("efficientnet-lite0/inputs/cat.f32"), shape: [1, 224, 224, 3] };

describe("an explanation", () => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel();
  });
  afterAll(() => {
    model.dispose();
  });

  it("survives a structured clone and becomes JSON with lists of numbers", async () => {
    const explanation = await explain(model, input);
    expect(structuredClone(explanation)).toEqual(explanation);
    const json = JSON.parse(JSON.stringify(explanation)) as { raw: { data: number[] }; map: { data: number[] } };
    expect(json.raw.data.map(Math.fround)).toEqual([...explanation.raw.data]);
    expect(json.map.data).toHaveLength(224 * 224);
  });

  it("reads a picture of any size and answers at that size", async () => {
    const image = { data: new Uint8ClampedArray(33 * 57 * 4).fill(120), width: 57, height: 33 };
    const { map, raw } = await explain(model, image);
    expect([map.width, map.height, raw.width, raw.height]).toEqual([57, 33, 7, 7]);
    expect(Math.max(...map.data)).toBeLessThanOrEqual(1);
    expect(Math.min(...map.data)).toBeGreaterThanOrEqual(0);
  });

  it("orders the combinations of targets, methods and layers, the last fastest", async () => {
    const layers = ["_blocks.10", "auto"];
    const all = await explainMany(model, input, { targets: [281, "top-1"], layers });
    expect(all.map(({ target, layer }) => [target.index, layer])).toEqual([
      [281, "_blocks.10"],
      [281, "_relu_head"],
      [285, "_blocks.10"],
      [285, "_relu_head"],
    ]);
  });

  it("explains all classes at once as it explains each alone", async () => {
    const all = await explainMany(model, input, { targets: "all" });
    expect(all.map(({ target }) => target.index)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    for (const target of [0, 285, 640, 999]) {
      const alone = await explain(model, input, { target });
      expect(all[target]!.raw).toEqual(alone.raw);
      expect(all[target]!.map).toEqual(alone.map);
      expect(all[target]!.target).toEqual(alone.target);
      expect(all[target]!.warnings).toEqual(alone.warnings);
    }
  });

  it("explains all classes as whole gradients do, without shortcuts through the head", async () => {
    const exact = await loadModel(undefined, { engine: { exact: true } });
    const targets = [3, 285, 999];
    const expected = await explainMany(exact, input, { targets });
    const all = await explainMany(model, input, { targets: "all" });
    for (const [i, { raw }] of expected.entries()) {
      const top = Math.max(...raw.data.map(Math.abs));
      all[targets[i]!]!.raw.data.forEach((value, position) => {
        expect(Math.abs(value - raw.data[position]!) / top).toBeLessThanOrEqual(1e-5);
      });
    }
    exact.dispose();
  });

  it("makes the map when it is read, once, and counts it among its data before", async () => {
    const explanation = await explain(model, input);
    expect(Object.keys(explanation)).toContain("map");
    expect(explanation.map).toBe(explanation.map);
    expect({ ...explanation }.map).toBe(explanation.map);
  });

  it("shows evidence against a class with the sign turned: the maps are the two halves of one raw map", async () => {
    const [layer, target] = ["_bn1", "tabby"];
    const forIt = await explain(model, input, { layer, target });
    const against = await explain(model, input, { layer, target, sign: "negative" });
    expect(against.raw.data).toEqual(forIt.raw.data);
    expect(forIt.map.data.every((value, i) => value === 0 || against.map.data[i]! < 1)).toBe(true);
    expect(against.map.data).not.toEqual(forIt.map.data);
  });

  it("contrasts one class with another: the raw map is the difference of their maps", async () => {
    const [a, b] = await explainMany(model, input, { targets: ["Egyptian cat", "tabby"] });
    const { raw, target } = await explain(model, input, { target: { for: "Egyptian cat", against: "tabby" } });
    expect(target.label).toBe("Egyptian_cat against tabby");
    raw.data.forEach((value, i) => {
      expect(value).toBeCloseTo(a!.raw.data[i]! - b!.raw.data[i]!, 5);
    });
  });

  it("obeys M_prob(c) = p_c·(M_logit(c) − Σ p_j·M_logit(j)) between its two scores", async () => {
    const { raw: probability, target } = await explain(model, input, { target: 281, score: "probability" });
    const { raw: logit } = await explain(model, input, { target: 281 });
    const { predictions } = await explain(model, input);
    expect(predictions).toHaveLength(5);
    // Σ p_j·M_logit(j) is the map of the score Σ p_j·y_j with the p_j held fixed.
    const all = await model.run(input);
    const p = all[model.outputs[0]!.name]!.data;
    const { raw: mean } = await explain(model, input, {
      target: (o) => Array.from(p, (value, j) => o.logit(j).mul(value)).reduce((sum, term) => sum.add(term)),
    });
    const expected = logit.data.map((value, i) => target.probability! * (value - mean.data[i]!));
    const top = Math.max(...expected.map(Math.abs));
    probability.data.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!) / top).toBeLessThanOrEqual(1e-4);
    });
  });

  it.each([
    [{ method: "grad_cam" }, "E_OPTION", 'did you mean "grad-cam"?'],
    [{ score: "logits" }, "E_OPTION", 'did you mean "logit"?'],
    [{ sign: "both" }, "E_OPTION", undefined],
    [{ sign: 5 }, "E_OPTION", undefined],
    [{ method: {} }, "E_OPTION", undefined],
    [{ smooth: "augment" }, "E_OPTION", 'did you mean "aug"?'],
    [{ maxM: 3 }, "E_OPTION", undefined],
    [{ compat: "keras" }, "E_OPTION", undefined],
    [{ layer: "_relu_hed" }, "E_TARGET_LAYER", 'did you mean "_relu_head"?'],
    [{ layer: "_fc" }, "E_TARGET_LAYER", undefined],
    [{ target: 1000 }, "E_TARGET_CLASS", "the nearest valid index is 999"],
    [{ target: "top-0" }, "E_TARGET_CLASS", undefined],
    [
      {
        target: (o: { logit: (i: number) => { mul: (x: number) => { log: () => never } } }) =>
          o.logit(285).mul(-1).log(),
      },
      "E_NONFINITE",
      undefined,
    ],
    [{ target: "crane" }, "E_TARGET_CLASS", "give the index"],
  ])("row 39: refuses %o", async (options, code, hint) => {
    const refused = explain(model, input, options as ExplainOptions);
    await expect(refused).rejects.toMatchObject(hint === undefined ? { code } : { code, hint });
  });

  it("refuses a question without targets, methods or layers", async () => {
    for (const empty of [{ targets: [] }, { methods: [] }, { layers: [] }]) {
      await expect(explainMany(model, input, empty)).rejects.toMatchObject({ code: "E_OPTION", got: "none" });
    }
  });

  it("refuses words where lists belong, and nothing where a picture belongs", async () => {
    for (const [name, value] of Object.entries({ targets: "espresso", methods: "grad-cam", layers: "auto" })) {
      const options = { [name]: value } as object;
      const error = { code: "E_OPTION", where: name, expected: "a list", got: `"${value}"` };
      await expect(explainMany(model, input, options)).rejects.toMatchObject(error);
      await expect(explainMany(model, input, { [name]: null } as object)).rejects.toMatchObject({ code: "E_OPTION" });
    }
    for (const nothing of [null, undefined, 7, "cat.jpg"]) {
      await expect(explain(model, nothing as never)).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
      await expect(explainMany(model, [nothing as never])).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
    }
  });

  it("row 43: refuses a batch and numbers that are not finite", async () => {
    const two = { data: new Float32Array(2 * 224 * 224 * 3), shape: [2, 224, 224, 3] };
    await expect(explain(model, two)).rejects.toMatchObject({ code: "E_INPUT_SHAPE", got: "a batch of 2" });
    const broken = { ...input, data: input.data.map((value, i) => (i === 777 ? NaN : value)) };
    await expect(explain(model, broken)).rejects.toMatchObject({ code: "E_NONFINITE" });
  });
});

describe("options of a model", () => {
  it.each([{ weights: "int4" }, { engine: { build: "turbo" } }, { engine: { threads: 0 } }, { preprocess: "caffee" }])(
    "that do not exist are refused: %o",
    async (options) => {
      await expect(loadModel(undefined, options as LoadOptions)).rejects.toMatchObject({ code: "E_OPTION" });
    },
  );
});

describe("row 37: a map with nothing to show", () => {
  it("is zeros with the reason, never NaN", async () => {
    const g = new GraphBuilder("blank", "test");
    const x = g.input("input", [1, 4, 4, 1]);
    const w = g.parameter("w", [1, 1, 1, 1], parameterOf(Float32Array.of(1), [1, 1, 1, 1]));
    const window = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
    const a = g.layer("conv", "Conv2D", g.node("conv2d", "conv", [x, w], window));
    const pooled = g.node("globalAveragePool", "pool", [a], { keepDims: false });
    const head = g.parameter("head", [1, 2], parameterOf(Float32Array.of(1, -1), [1, 2]));
    const model = await createModel(g.finish([g.node("dense", "logits", [pooled, head], {})]));
    const ramp: HostTensor = { data: Float32Array.from({ length: 16 }, (_, i) => i + 1), shape: [1, 4, 4, 1] };
    const against = await explain(model, ramp, { target: 1 });
    expect(against.warnings.map(({ code }) => code)).toEqual(["ALL_NEGATIVE"]);
    expect([...against.map.data]).toEqual(new Array(16).fill(0));
    const flat = await explain(model, { ...ramp, data: new Float32Array(16) }, { target: 0 });
    expect(flat.warnings.map(({ code }) => code)).toEqual(["FLAT"]);
    expect([...flat.map.data]).toEqual(new Array(16).fill(0));
    const saturated = await explain(model, ramp, { target: 0, score: "probability" });
    expect(saturated.target.probability).toBeGreaterThan(0.999);
    expect(saturated.warnings.map(({ code }) => code)).toContain("SATURATED_SCORE");
    for (const { warnings } of [against, flat, saturated]) {
      expect(warnings.every(({ message, hint }) => message.length > 10 && hint.length > 10)).toBe(true);
    }
    model.dispose();
  });

  it("keeps the sign apart: negative evidence is not blank for sign negative", () => {
    const raw = Float32Array.of(-1, -3, 0);
    expect([...normalized(raw, "negative")].map((value) => value + 0)).toEqual([1 / 3, 1, 0].map(Math.fround));
    expect(diagnose({ raw, sign: "negative", score: "logit", probability: 0.5 })).toEqual([]);
  });
});
