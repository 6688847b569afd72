/** Metrics on real networks: what evaluate promises its callers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createModel,
  evaluate,
  explain,
  explainMany,
  type GradCamError,
  type Image,
  loadModel,
  METRICS,
  type Model,
  readImage,
} from "../../src/node.ts";
import { prepareInput } from "../../src/prepare.ts";
import { ModelTrial } from "../../src/trial.ts";
import { averaged, excited, flattened, input } from "../methods/networks.ts";

const BOXES = [{ x: 2, y: 3, width: 8, height: 9 }];
const CHEAP = { steps: 4, levels: 2, samples: 2, squares: 5, stages: 3, boxes: BOXES } as const;
const NETWORKS = { averaged, flattened, excited } as const;

const models = new Map<string, Model>();
beforeAll(async () => {
  for (const [name, make] of Object.entries(NETWORKS)) models.set(name, await createModel(make()));
});
afterAll(() => {
  for (const model of models.values()) model.dispose();
});
const model = (name: keyof typeof NETWORKS = "averaged"): Model => models.get(name)!;

/** All bits that a network gives: every layer's answer and every score. */
async function bitsOf(of: Model): Promise<Record<string, Float32Array>> {
  const found = await of.run(input(), { outputs: of.layers.map(({ name }) => name) });
  return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data]));
}

const failure = (promise: Promise<unknown>): Promise<GradCamError> =>
  promise.then(
    () => Promise.reject(new Error("should have failed")),
    (error: unknown) => error as GradCamError,
  );

describe.each(Object.keys(NETWORKS) as (keyof typeof NETWORKS)[])("every metric on the network %s", (name) => {
  it("gives a finite value, the same every time, and says what it was set to", async () => {
    const explanation = await explain(model(name), input());
    const [first, second] = [
      await evaluate(model(name), input(), explanation, METRICS, CHEAP),
      await evaluate(model(name), input(), explanation, METRICS, CHEAP),
    ];
    expect(first.map(({ metric }) => metric)).toEqual(METRICS);
    const plain = (all: typeof first) => all.map(({ milliseconds: _, ...rest }) => rest);
    expect(plain(first)).toEqual(plain(second));
    for (const { value, curves = {}, parameters } of first) {
      expect(Number.isFinite(value)).toBe(true);
      for (const { x, y } of Object.values(curves))
        expect([y.length, y.every(Number.isFinite)]).toEqual([x.length, true]);
      for (const [option, set] of Object.entries(parameters)) {
        expect(set).toBe((CHEAP as Readonly<Record<string, unknown>>)[option] ?? set);
      }
    }
    expect(structuredClone(first)).toEqual(first);
  });

  it("leaves the network as it was, to the bit", async () => {
    const before = await bitsOf(model(name));
    const explanation = await explain(model(name), input(), { method: "layer-cam" });
    const [result] = await evaluate(model(name), input(), explanation, ["parameter-randomisation"]);
    expect(result!.curves!["rank-correlation"]!.y.every((r) => Math.abs(r) <= 1)).toBe(true);
    expect(await bitsOf(model(name))).toEqual(before);
    expect((await explain(model(name), input(), { method: "layer-cam" })).raw).toEqual(explanation.raw);
  });
});

describe("parameter randomisation", () => {
  it("begins with the weights as they are now and changes those of its copy only", async () => {
    const own = await createModel(averaged());
    const names = ["conv1/w", "conv1/b"];
    const { gradients } = await own.gradients(input(), { of: 0, wrt: names });
    const other = Object.fromEntries(names.map((name) => [name, gradients[name]!.data.map((v) => 5 * v + 0.1)]));
    await own.setWeights(other);
    const twin = await own.twin();
    expect(await bitsOf(twin)).toEqual(await bitsOf(own));
    const before = await bitsOf(own);
    await twin.setWeights({ "conv1/b": new Float32Array(8) });
    expect(await bitsOf(twin)).not.toEqual(before);
    expect(await bitsOf(own)).toEqual(before);
    twin.dispose();
    own.dispose();
  });

  it("redraws every layer with weights, from the scores down", () => {
    expect(model("flattened").weightedLayers.map(({ name }) => name)).toEqual(["logits", "fc1", "conv2", "conv1"]);
  });

  it("ends its copy of the network when it is aborted", async () => {
    const explanation = await explain(model(), input());
    const stop = new AbortController();
    const work = evaluate(model(), input(), explanation, ["parameter-randomisation"], { signal: stop.signal });
    stop.abort();
    expect((await failure(work)).name).toBe("AbortError");
    expect(Number.isFinite((await explain(model(), input())).target.score)).toBe(true);
  });
});

describe("evaluate", () => {
  it("answers several explanations in their order, as it answers each of them", async () => {
    const explanations = await explainMany(model(), input(), { methods: ["grad-cam", "random-cam"], targets: [0, 1] });
    const all = await evaluate(model(), input(), explanations, ["deletion", "complexity"], { steps: 4 });
    expect(all.map((ofOne) => ofOne.map(({ metric }) => metric))).toEqual(Array(4).fill(["deletion", "complexity"]));
    for (const [i, explanation] of explanations.entries()) {
      const [deletion] = await evaluate(model(), input(), explanation, ["deletion"], { steps: 4 });
      expect(deletion!.value).toBe(all[i]![0]!.value);
    }
  });

  it("takes the map of another program", async () => {
    const { map, target } = await explain(model(), input());
    const foreign = { map: { ...map }, target: { index: target.index! } };
    const [value] = await evaluate(model(), input(), foreign, ["insertion"], { steps: 4 });
    expect(Number.isFinite(value!.value)).toBe(true);
    const error = await failure(evaluate(model(), input(), foreign, ["coherency"]));
    expect([error.code, error.got]).toEqual(["E_OPTION", "a map alone"]);
  });

  it("makes maps again as they were asked for: of one class against others too", async () => {
    const target = { for: 0, against: [1, 2] };
    const explanation = await explain(model(), input(), { target, sign: "signed", score: "probability" });
    const conduct = { signal: undefined };
    const prepared = prepareInput(model(), input());
    const trial = new ModelTrial({ model: model(), prepared, explanation, boxes: [], seed: 0, conduct });
    expect((await trial.own).data).toEqual(explanation.map.data);
  });

  it("tells its progress and stops between batches", async () => {
    const explanation = await explain(model(), input());
    const told: number[] = [];
    const stop = new AbortController();
    const work = evaluate(model(), input(), explanation, ["deletion"], {
      signal: stop.signal,
      onProgress({ stage, done, total }) {
        expect(stage).toBe("deletion");
        told.push(done);
        expect(total).toBeGreaterThan(100);
        if (told.length === 2) stop.abort();
      },
    });
    expect((await failure(work)).name).toBe("AbortError");
    expect(told).toEqual([8, 16]);
  });

  it("warns where a map is blank", async () => {
    const explanation = await explain(model(), input());
    const blank = { ...explanation, map: { ...explanation.map, data: new Float32Array(256) } };
    const [{ warnings, value } = {}] = await evaluate(model(), input(), blank, ["road"], { levels: 1 });
    expect(warnings).toMatchObject([{ code: "FLAT" }]);
    expect(Number.isFinite(value)).toBe(true);
  });

  it.each([
    ["no metric", "E_OPTION", [], {}],
    ["an unknown metric", "E_OPTION", ["delection"], {}],
    ["an option of no metric", "E_OPTION", ["deletion"], { level: 3 }],
    ["an option of another metric", "E_OPTION", ["deletion"], { noise: 1 }],
    ["half a step", "E_OPTION", ["deletion"], { steps: 1.5 }],
    ["an unknown recipe", "E_OPTION", ["deletion"], { compat: "torch-cam" }],
    ["a seed that is none", "E_OPTION", ["deletion"], { seed: NaN }],
    ["more squares than memory holds", "E_OPTION", ["infidelity"], { squares: 1e9 }],
    ["boxes that are no list", "E_OPTION", ["deletion"], { boxes: {} }],
    ["a box that is none", "E_INPUT_VALUE", ["energy-in-box"], { boxes: [null] }],
    ["noise that no number holds", "E_NONFINITE", ["road"], { noise: 1e300, levels: 1 }],
    ["missing boxes", "E_OPTION", ["pointing-game"], {}],
    ["an empty box", "E_INPUT_VALUE", ["energy-in-box"], { boxes: [{ x: 0, y: 0, width: 0, height: 3 }] }],
    ["a box without numbers", "E_INPUT_VALUE", ["energy-in-box"], { boxes: [{ x: 0, y: NaN, width: 1, height: 3 }] }],
  ])("refuses %s", async (_what, code, metrics, options) => {
    const explanation = await explain(model(), input());
    const call = evaluate(model(), input(), explanation, metrics as never, options as never);
    expect((await failure(call)).code).toBe(code);
  });

  it("refuses maps of another picture, maps with holes and scores that are no class", async () => {
    const explanation = await explain(model(), input());
    const code = async (change: object): Promise<string> =>
      (await failure(evaluate(model(), input(), { ...explanation, ...change }, ["deletion"]))).code;
    const data = explanation.map.data.slice(0, 64);
    expect(await code({ map: { data, width: 8, height: 8 } })).toBe("E_INPUT_SHAPE");
    expect(await code({ map: { ...explanation.map, data: explanation.map.data.with(3, NaN) } })).toBe("E_NONFINITE");
    expect(await code({ target: { label: "score expression" } })).toBe("E_TARGET_CLASS");
    expect(await code({ target: { index: 6 } })).toBe("E_TARGET_CLASS");
    expect(await code({ target: undefined })).toBe("E_TARGET_CLASS");
  });
});

describe("maps over pictures", () => {
  let embedded: Model;
  let cat: Image;
  beforeAll(async () => {
    [embedded, cat] = [await loadModel(), await readImage("examples/cat.jpg")];
  });
  afterAll(() => {
    embedded.dispose();
  });

  it("are seen as the network sees the picture: nearly the numbers of the tensor's own map", async () => {
    const { prepare } = await import("../../src/node.ts");
    const tensor = prepare(embedded, cat);
    const [onPicture, onTensor] = [await explain(embedded, cat), await explain(embedded, tensor)];
    const [a] = await evaluate(embedded, cat, onPicture, ["deletion"], { steps: 20 });
    const [b] = await evaluate(embedded, tensor, onTensor, ["deletion"], { steps: 20 });
    expect(Math.abs(a!.value - b!.value)).toBeLessThan(0.02);
  });

  it("are better than random ones on average", async () => {
    const coffee = await readImage("examples/coffee.jpg");
    const metrics = ["deletion", "insertion"] as const;
    const measured = async (method: "grad-cam" | "random-cam", seed: number) =>
      evaluate(embedded, coffee, await explain(embedded, coffee, { method, seed }), metrics, { steps: 14 });
    const [deletion, insertion] = (await measured("grad-cam", 0)).map(({ value }) => value);
    const random = await Promise.all([0, 1, 2, 3, 4].map((seed) => measured("random-cam", seed)));
    const mean = (metric: number): number => random.reduce((sum, each) => sum + each[metric]!.value / random.length, 0);
    expect(deletion).toBeLessThan(mean(0) - 0.1);
    expect(insertion).toBeGreaterThan(mean(1) + 0.1);
  });
});
