/** What methods cannot do for a network, and what would be no answer: a code, never a blank map, a hang or the same map twice. */
import { describe, expect, it } from "vitest";
import { firstComponent, gramOfCentred, leading } from "../../src/cam/first-component.ts";
import type { GraphBuilder } from "../../src/graph/builder.ts";
import { fileBuilder } from "../../src/graph/file-builder.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { NO_LIMITS } from "../../src/graph/limits.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { createModel, explain, explainMany, type Image, METHODS, type Model } from "../../src/node.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { codeOf } from "../support/error-code.ts";
import { dot } from "../reference/ndarray.ts";
import { seeded } from "../support/random.ts";

const SIDE = 6;
const WINDOW = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;

const pictureOf = (side: number): Image => ({
  data: Uint8ClampedArray.from({ length: side * side * 3 }, (_, i) => (i * 89) % 256),
  width: side,
  height: side,
  channels: 3,
});
const image = pictureOf(SIDE);

interface Net {
  readonly g: GraphBuilder;
  readonly weight: (name: string, shape: Shape) => ValueId;
}

function network(side: number, build: (net: Net, x: ValueId) => ValueId): Graph {
  const g = fileBuilder("small", "test", NO_LIMITS);
  const random = seeded(4);
  const weight = (name: string, shape: Shape): ValueId =>
    g.parameter(name, shape, parameterOf(Float32Array.from(random.array(shape, { scale: 0.3 }).data), shape));
  return g.finish([build({ g, weight }, g.input("input", [1, side, side, 3]))]);
}

/** Convolution, ReLU ("a"), mean, `classes` logits. */
const convolutional = (classes: number, side = SIDE): Graph =>
  network(side, ({ g, weight }, x) => {
    const conv = g.node("conv2d", "conv", [x, weight("conv/kernel", [3, 3, 3, 8])], WINDOW);
    const a = g.layer("a", "ReLU", g.node("relu", "a", [conv], {}));
    const mean = g.node("globalAveragePool", "gap", [a], { keepDims: false });
    return g.node("dense", "logits", [mean, weight("logits/kernel", [8, classes])], {});
  });

/** Nothing but dense layers on the flattened picture. */
const perceptron = (): Graph =>
  network(SIDE, ({ g, weight }, x) => {
    const flat = g.node("reshape", "flat", [x], { shape: [elements([SIDE, SIDE, 3])] });
    const hidden = g.node("dense", "hidden", [flat, weight("hidden/kernel", [elements([SIDE, SIDE, 3]), 9])], {});
    return g.node("dense", "logits", [g.node("tanh", "tanh", [hidden], {}), weight("logits/kernel", [9, 4])], {});
  });

async function withModel<T>(graph: Graph, use: (model: Model) => Promise<T>): Promise<T> {
  const model = await createModel(graph, { preprocess: "unit" });
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

describe("a network with one class", () => {
  it("is refused by what compares classes", async () => {
    await withModel(convolutional(1), async (model) => {
      await expect(explain(model, image, { method: "finer-cam" })).rejects.toMatchObject({
        code: "E_METHOD",
        got: "a network with one",
      });
    });
  });

  it("is explained, or refused with a code, by every method", async () => {
    await withModel(convolutional(1), async (model) => {
      const refused: string[] = [];
      const onUndefined = (name: string): void => void refused.push(name);
      const made = await explainMany(model, image, { methods: [...METHODS], onUndefined, samples: 4 });
      expect(made.length + refused.length).toBe(METHODS.length);
      expect(refused).toContain("finer-cam");
    });
  });
});

describe("a network without biases", () => {
  it("is all gradient times input to FullGrad", async () => {
    await withModel(convolutional(3), async (model) => {
      const { facts, target } = await explain(model, image, { method: "full-grad" });
      expect(Math.abs(facts!["residual"]!)).toBeLessThan(1e-5 * Math.abs(target.score) + 1e-6);
    });
  });
});

describe("a network without maps", () => {
  it("is explained by methods that attribute to pixels", async () => {
    await withModel(perceptron(), async (model) => {
      const methods = ["saliency", "input-x-gradient", "integrated-gradients", "smooth-grad"] as const;
      const made = await explainMany(model, image, { methods: [...methods] });
      expect(made.map(({ method, layer }) => [method, layer])).toEqual(methods.map((name) => [name, "input"]));
      for (const { raw } of made) expect(Math.max(...raw.data.map(Math.abs))).toBeGreaterThan(0);
    });
  });

  it("is refused by methods that need one, and where a layer is named", async () => {
    await withModel(perceptron(), async (model) => {
      expect(await codeOf(() => explain(model, image))).toBe("E_TARGET_LAYER");
      expect(await codeOf(() => explain(model, image, { method: "saliency", layer: "tanh" }))).toBe("E_TARGET_LAYER");
    });
  });
});

describe("kpca-cam", () => {
  it("compares at most 4096 positions", async () => {
    await withModel(convolutional(3, 65), async (model) => {
      await expect(explain(model, pictureOf(65), { method: "kpca-cam" })).rejects.toMatchObject({
        code: "E_METHOD",
        got: "65×65",
      });
    });
  });
});

describe("numbers that are none", () => {
  it("are no blank map: a score whose gradient is beyond single precision", async () => {
    await withModel(convolutional(3), async (model) => {
      for (const method of ["grad-cam", "hirescam", "saliency"] as const) {
        const asked = explain(model, image, { method, target: (o) => o.logit(0).mul(1e39) });
        await expect(asked).rejects.toThrow(`${method} of layer`);
      }
    });
  });

  it("are no facts: the ratio to an eigenvalue of 0 is left out, and JSON has no null", async () => {
    const constant = network(SIDE, ({ g, weight }, x) => {
      const conv = g.node("conv2d", "conv", [x, weight("conv/kernel", [3, 3, 3, 1])], WINDOW);
      const a = g.layer("a", "ReLU", g.node("relu", "a", [conv], {}));
      const mean = g.node("globalAveragePool", "gap", [a], { keepDims: false });
      return g.node("dense", "logits", [mean, weight("logits/kernel", [1, 2])], {});
    });
    await withModel(constant, async (model) => {
      const explanation = await explain(model, image, { method: "eigen-cam" });
      expect(explanation.facts).toEqual({});
      expect(JSON.stringify(explanation)).not.toContain('"eigenvalueRatio":null');
    });
  });

  it.each([1.5, NaN, Infinity, "1"])("are no seed: %s", async (seed) => {
    await withModel(convolutional(3), async (model) => {
      expect(await codeOf(() => explain(model, image, { seed: seed as number }))).toBe("E_OPTION");
    });
  });
});

describe("what is named twice", () => {
  it("is answered once", async () => {
    await withModel(convolutional(3), async (model) => {
      const made = await explainMany(model, image, {
        methods: ["grad-cam", "saliency", "grad-cam"],
        layers: ["a", "auto", "a"],
      });
      expect(made.map(({ method }) => method)).toEqual(["grad-cam", "saliency"]);
      expect(new Set(made.map(({ raw }) => raw.data.buffer)).size).toBe(2);
    });
  });
});

describe("an abort", () => {
  it("row 49: reaches methods that need no further forward pass, between two of their maps", async () => {
    const side = 64;
    await withModel(convolutional(1000, side), async (model) => {
      const controller = new AbortController();
      const asked = explainMany(model, pictureOf(side), {
        targets: "all",
        methods: ["hirescam"],
        signal: controller.signal,
      });
      setTimeout(() => {
        controller.abort();
      });
      await expect(asked).rejects.toMatchObject({ name: "AbortError" });
      expect((await explain(model, pictureOf(side))).raw.width).toBe(side);
    });
  });
});

describe("the first principal component", () => {
  /** As the engine's: rounded to f32. */
  const products = (rows: readonly Float32Array[]): Float32Array[] =>
    rows.map((a) => Float32Array.from(rows, (b) => dot(a, b)));

  it.each([
    [40, 7],
    [7, 40],
    [24, 24],
  ])("of %i positions and %i channels is that of either matrix", (positions, channels) => {
    const volume = Float32Array.from(seeded(positions).array([positions, channels]).data);
    const found = firstComponent(volume, channels, products);
    const expected = leading(gramOfCentred(volume, channels, products), positions);
    const top = Math.max(...expected.data.map(Math.abs));
    found.data.forEach((value, i) => {
      expect(Math.abs(value - expected.data[i]!) / top).toBeLessThan(1e-5);
    });
    expect(found.ratio / expected.ratio).toBeCloseTo(1, 5);
  });

  it("of an early layer takes a moment, not a minute", () => {
    const volume = Float32Array.from(seeded(1).array([112 * 112, 32]).data);
    const started = performance.now();
    expect(firstComponent(volume, 32, products).data).toHaveLength(112 * 112);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
