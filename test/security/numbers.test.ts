/** Networks whose numbers are none, or nothing: a map is never drawn of NaN. By the rows of the list in docs/security.md. */
import { afterEach, describe, expect, it } from "vitest";
import { createModel, explain, GraphBuilder, type HostTensor, type Model, parameterOf } from "../../src/node.ts";
import { codeOf } from "../support/error-code.ts";

const SIDE = 4;

interface Numbers {
  readonly kernel?: number;
  readonly variance?: number;
  readonly epsilon?: number;
  readonly head?: number;
  /** Height and width of the picture. */
  readonly side?: number;
}

const models: Model[] = [];
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});

/** A convolution, its batch norm, a mean and two classes; `head` is the weight of the first, and of the second with the other sign. */
async function network({ kernel = 1, variance = 1, epsilon = 1e-3, head = 1, side = SIDE }: Numbers): Promise<Model> {
  const g = new GraphBuilder("numbers", "test");
  const vector = (name: string, value: number) => g.parameter(name, [1], parameterOf(Float32Array.of(value), [1]));
  const x = g.input("input", [1, side, side, 1]);
  const w = g.parameter("conv/kernel", [1, 1, 1, 1], parameterOf(Float32Array.of(kernel), [1, 1, 1, 1]));
  const window = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
  const conv = g.node("conv2d", "conv", [x, w], window);
  const parts = [vector("bn/gamma", 1), vector("bn/beta", 0), vector("bn/mean", 0), vector("bn/variance", variance)];
  const norm = g.layer("bn", "BatchNormalization", g.node("batchNorm", "bn", [conv, ...parts], { epsilon }));
  const pooled = g.node("globalAveragePool", "pool", [norm], { keepDims: false });
  const dense = g.parameter("head/kernel", [1, 2], parameterOf(Float32Array.of(head, -head), [1, 2]));
  const model = await createModel(g.finish([g.node("dense", "logits", [pooled, dense], {})]));
  models.push(model);
  return model;
}

const ramp = (side = SIDE): HostTensor => ({
  data: Float32Array.from({ length: side * side }, (_, i) => i + 1),
  shape: [1, side, side, 1],
});

const codeFor = async (numbers: Numbers): Promise<string> => {
  const model = await network(numbers);
  return codeOf(() => explain(model, ramp(numbers.side), { target: 0 }));
};

describe("weights that are no numbers, or extreme ones", () => {
  it.each([NaN, Infinity, -Infinity, 3e38])("row 36: a kernel of %d is E_NONFINITE, with the logit", async (kernel) => {
    const model = await network({ kernel, head: 1e3 });
    const refused = explain(model, ramp(), { target: 0 });
    await expect(refused).rejects.toMatchObject({ code: "E_NONFINITE", where: "logit 0 of numbers" });
  });

  it.each([1e-45, 1e-38, -0, 1e30])("row 36: a kernel of %d gives finite maps", async (kernel) => {
    const { map, raw } = await explain(await network({ kernel }), ramp(), { target: 0 });
    expect([...map.data, ...raw.data].every(Number.isFinite)).toBe(true);
  });
});

describe("networks with nothing to say", () => {
  it("row 37: of zeros alone have a flat map of zeros", async () => {
    const { map, warnings } = await explain(await network({ kernel: 0, head: 0 }), ramp(), { target: 0 });
    expect([...map.data]).toEqual(new Array(SIDE * SIDE).fill(0));
    expect(warnings.map(({ code }) => code)).toContain("FLAT");
  });

  it("rows 37 and 39: of a single pixel have no map at all, which is E_TARGET_LAYER", async () => {
    expect(await codeFor({ side: 1 })).toBe("E_TARGET_LAYER");
  });
});

describe("batch norms that divide by nothing", () => {
  it.each<[string, Numbers]>([
    ["a negative variance", { variance: -1 }],
    ["a variance of 0 without epsilon", { variance: 0, epsilon: 0 }],
    ["a variance that is none", { variance: NaN }],
  ])("row 38: %s is E_NONFINITE", async (_, numbers) => {
    expect(await codeFor(numbers)).toBe("E_NONFINITE");
  });

  it("row 38: a variance of 0 with an epsilon is a number", async () => {
    expect(await codeFor({ variance: 0 })).toBe("none");
  });
});
