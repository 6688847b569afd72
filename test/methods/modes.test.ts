/** What may be combined with every method: several layers, signs, smoothing, recipes of packages, seeds, progress and abort. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createModel,
  explain,
  explainMany,
  type ExplainOptions,
  loadModel,
  METHODS,
  type Model,
} from "../../src/node.ts";
import type { Progress } from "../../src/series.ts";
import { relativeL2 } from "../support/golden.ts";
import { blockMeans, picture, rowsOf, valuesOf } from "./laboratory.ts";
import { averaged, flattened, input } from "./networks.ts";

let model: Model;
beforeAll(async () => {
  model = await createModel(averaged());
});
afterAll(() => {
  model.dispose();
});

describe("several layers", () => {
  const layers = ["first", "last"];

  it.each([
    ["mean", (a: number, b: number) => (a + b) / 2],
    ["max", (a: number, b: number) => Math.max(a, b)],
    ["product", (a: number, b: number) => a * b],
  ] as const)("become one map by %s, each normalised first", async (fuse, combine) => {
    const fused = await explain(model, input(), { layer: layers, fuse, target: 1 });
    const [a, b] = await explainMany(model, input(), { layers, targets: [1] });
    const expected = a!.map.data.map((value, i) => combine(value, b!.map.data[i]!));
    expect(fused.layer).toEqual(layers);
    expect(fused.fuse).toBe(fuse);
    // Both layers have one size here, so that upsampling and combining may change places.
    const whole = fused.fuse === "mean" ? expected : undefined;
    if (whole)
      expect(
        relativeL2(
          fused.map.data,
          whole.map((v) => v / Math.max(...fused.raw.data)),
        ),
      ).toBeLessThan(1e-5);
    expect([fused.raw.width, fused.raw.height]).toEqual([a!.raw.width, a!.raw.height]);
    const unit = (raw: Float32Array): Float32Array => raw.map((v) => Math.max(0, v) / Math.max(...raw));
    const [first, last] = [unit(a!.raw.data), unit(b!.raw.data)];
    expect(
      relativeL2(
        fused.raw.data,
        first.map((v, i) => combine(v, last[i]!)),
      ),
    ).toBeLessThanOrEqual(1e-6);
  });

  it("of different sizes meet at the larger", async () => {
    const other = await createModel(flattened());
    const { raw } = await explain(other, input(), { layer: ["first", "last"], method: "layer-cam", target: 0 });
    expect([raw.width, raw.height]).toEqual([16, 16]);
    other.dispose();
  });
});

describe("modes", () => {
  it("sign signed keeps both sides: raw divided by its largest absolute value", async () => {
    const { raw, map } = await explain(model, input(), {
      sign: "signed",
      method: "hirescam",
      target: 1,
      layer: "first",
    });
    const top = Math.max(...raw.data.map(Math.abs));
    expect(Math.min(...map.data)).toBeLessThan(0);
    expect(Math.max(...map.data.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(top).toBeGreaterThan(0);
  });

  it("smooth eigen is the first component of what is summed, so that of HiResCAM is Eigen-Grad-CAM", async () => {
    const smooth = await explain(model, input(), { method: "hirescam", smooth: "eigen", target: 1 });
    const eigen = await explain(model, input(), { method: "eigen-grad-cam", target: 1 });
    expect(smooth.raw.data).toEqual(eigen.raw.data);
    expect(smooth.facts).toEqual(eigen.facts);
    const weighted = await explain(model, input(), { method: "grad-cam", smooth: "eigen", target: 1, layer: "last" });
    expect(relativeL2(weighted.raw.data, eigen.raw.data)).toBeLessThanOrEqual(1e-5);
  });

  it("smooth eigen is refused where nothing is summed", async () => {
    await expect(explain(model, input(), { method: "eigen-cam", smooth: "eigen" })).rejects.toMatchObject({
      code: "E_OPTION",
    });
  });

  it("gives the same bytes for the same seed and others for another, whatever the targets beside it", async () => {
    for (const method of ["random-cam", "smooth-grad", "smooth-grad-cam++"] as const) {
      const of = async (seed: number, targets: number[]) => {
        const all = await explainMany(model, input(), { methods: [method], targets, seed, layers: ["first"] });
        return all.at(-1)!.raw.data;
      };
      const first = await of(5, [1]);
      expect(await of(5, [1])).toEqual(first);
      expect(await of(5, [0, 2, 1])).toEqual(first);
      expect(await of(6, [1])).not.toEqual(first);
    }
  });

  it("answers all methods for all targets as each alone", async () => {
    const methods = METHODS.filter((name) => name !== "finer-cam");
    const targets = [0, 3];
    const options = { samples: 3, steps: 5, patch: 8, stride: 8 } as Record<string, number>;
    const together = await explainMany(model, input(), { methods, targets, layers: ["last"], ...options });
    expect(together.map(({ method, target }) => [target.index, method])).toEqual(
      targets.flatMap((target) => methods.map((method) => [target, method])),
    );
    for (const { method, target, raw, parameters } of together) {
      const alone = await explain(model, input(), {
        method,
        target: target.index!,
        layer: "last",
        ...parameters,
      });
      expect(relativeL2(raw.data, alone.raw.data), method).toBeLessThanOrEqual(1e-6);
    }
  });
});

describe("options of methods", () => {
  it.each([
    [{ method: "score-cam", maxM: 3 }, 'did you mean "maxN"?'],
    [{ method: "grad-cam", maxN: 3 }, undefined],
    [{ method: "score-cam", maxN: -1 }, undefined],
    [{ method: "score-cam", maxN: 1.5 }, undefined],
    [{ method: "score-cam", maxN: "3" }, undefined],
    [{ method: "smooth-grad", statistic: "squares" }, 'did you mean "square"?'],
  ])("refuse %o", async (options, hint) => {
    const refused = explain(model, input(), options as ExplainOptions);
    await expect(refused).rejects.toMatchObject({ code: "E_OPTION", ...(hint && { hint }) });
  });

  it("are part of the answer, defaults filled in", async () => {
    const { parameters, facts, seed } = await explain(model, input(), { method: "score-cam", maxN: 4 });
    expect(parameters).toEqual({ maxN: 4 });
    expect(facts).toEqual({ channels: 12, channelsTried: 4, pictures: 4 });
    expect(seed).toBe(0);
    expect((await explain(model, input(), { method: "smooth-grad" })).parameters).toEqual({
      samples: 25,
      sigma: 0.15,
      statistic: "mean",
    });
  });
});

describe("long questions", () => {
  it("tell how far they are", async () => {
    const heard: Progress[] = [];
    await explain(model, input(), { method: "occlusion", patch: 4, stride: 4, onProgress: (p) => heard.push(p) });
    expect(heard[0]).toMatchObject({ stage: "occluded pictures", total: 16, unit: "samples" });
    expect(heard.at(-1)!.done).toBe(16);
  });

  it("stop between batches when they are aborted, and leave the model usable", async () => {
    const abort = new AbortController();
    const onProgress = (): void => {
      abort.abort();
    };
    const stopped = explain(model, input(), {
      method: "occlusion",
      patch: 2,
      stride: 2,
      signal: abort.signal,
      onProgress,
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect((await explain(model, input())).raw.data).toHaveLength(64);
  });
});

describe("recipes of packages", () => {
  let embedded: Model;
  beforeAll(async () => {
    embedded = await loadModel();
  });
  afterAll(() => {
    embedded.dispose();
  });

  const METHOD_NAMES = {
    GradCAM: "grad-cam",
    HiResCAM: "hirescam",
    LayerCAM: "layer-cam",
    XGradCAM: "xgrad-cam",
  } as const;
  const finals = rowsOf("cam").filter(
    ({ what, method, layer }) => what === "final28" && method in METHOD_NAMES && layer === "_relu_head",
  );

  it.each(finals.map((row) => [row.key, row] as const))("pytorch-grad-cam paints %s", async (_key, row) => {
    const method = METHOD_NAMES[row.method as keyof typeof METHOD_NAMES];
    const compat = "pytorch-grad-cam";
    const { map } = await explain(embedded, picture(row.picture), { method, compat, target: row.cls });
    expect([map.width, map.height]).toEqual([224, 224]);
    expect(relativeL2(blockMeans(map.data, 224, 1, 8), valuesOf("cam", row))).toBeLessThanOrEqual(1e-4);
  });
});

describe("several pictures", () => {
  const another = { ...input(), data: input().data.map((value) => -value) };

  it("are answered in their order, each as if it had been the only one", async () => {
    const options = { methods: ["grad-cam", "saliency"], targets: [1, 2], layers: ["last"] } as const;
    const both = await explainMany(model, [input(), another], options);
    expect(both.map((list) => list.length)).toEqual([4, 4]);
    for (const [i, picture] of [input(), another].entries()) {
      const alone = await explainMany(model, picture, options);
      expect(both[i]!.map(({ raw }) => raw)).toEqual(alone.map(({ raw }) => raw));
    }
  });

  it("are asked for by at least one", async () => {
    await expect(explainMany(model, [])).rejects.toMatchObject({ code: "E_OPTION", where: "pictures" });
  });

  it("stop where an abort arrives between them", async () => {
    const stop = new AbortController();
    const asked = explainMany(model, [input(), another], {
      methods: ["occlusion"],
      patch: 4,
      stride: 4,
      signal: stop.signal,
      onProgress: ({ done, total }) => {
        if (done === total) stop.abort(new Error("enough"));
      },
    });
    await expect(asked).rejects.toThrow("enough");
  });
});
