/** What a model refuses: questions that its network has no answer to, and any after its end. */
import { describe, expect, it } from "vitest";
import { createModel, explain, type HostTensor } from "../../src/node.ts";
import { codeOf } from "../support/error-code.ts";
import { graph, host, input } from "./troubled.ts";

describe("a disposed model", () => {
  it("row 49: may be disposed twice and refuses any later use", async () => {
    const model = await createModel(graph, { engine: { build: "simd" } });
    model.dispose();
    model.dispose();
    await expect(model.run(host(input(1)))).rejects.toMatchObject({ code: "E_DISPOSED" });
    await expect(model.gradients(host(input(1)), { of: 1, wrt: ["input"] })).rejects.toMatchObject({
      code: "E_DISPOSED",
    });
  });
});

describe("wrong questions", () => {
  it("are refused with the place, what was expected and what was found", async () => {
    const model = await createModel(graph, { engine: { build: "simd" } });
    await expect(model.run({ shape: [1, 9, 11, 4], data: new Float32Array(9 * 11 * 4) })).rejects.toMatchObject({
      code: "E_INPUT_SHAPE",
      got: "[1,9,11,4]",
    });
    await expect(model.run({ shape: [1, 9, 11, 3], data: new Float32Array(5) })).rejects.toMatchObject({
      code: "E_INPUT_SHAPE",
    });
    await expect(model.run(host(input(1)), { outputs: ["blok"] })).rejects.toMatchObject({
      code: "E_TARGET_LAYER",
      hint: 'did you mean "block"?',
    });
    await expect(model.gradients(host(input(1)), { of: 5, wrt: ["input"] })).rejects.toMatchObject({
      code: "E_TARGET_CLASS",
    });
    await expect(model.gradients(host(input(1)), { of: 1, wrt: ["probabilities"] })).rejects.toMatchObject({
      code: "E_TARGET_LAYER",
    });
    await expect(model.run(host(input(1)), { outputs: ["stem/kernel"] })).rejects.toMatchObject({
      code: "E_TARGET_LAYER",
      got: "a weight",
    });
    const before = await model.run(host(input(1)));
    const { value, gradients } = await model.gradients(host(input(1)), { of: 1, wrt: [] });
    expect(Number.isFinite(value)).toBe(true);
    expect(gradients).toEqual({});
    expect(await model.run(host(input(1)))).toEqual(before);
    const data = [1, 2] as unknown as Float32Array;
    await expect(explain(model, { shape: [1, 9, 11, 3], data })).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
    const aborted = AbortSignal.abort();
    await expect(model.run(host(input(1)), { signal: aborted })).rejects.toThrow(/abort/i);
    model.dispose();
  });
});

describe("an input of a caller without types", () => {
  const { data } = host(input(1));
  const shapes = [null, undefined, 5, "x", {}, { length: 3 }, ["1", 9, 11, 3], [1n, 9, 11, 3], [Symbol("1"), 9, 11, 3]];
  const tensors = [...shapes.map((shape) => ({ data, shape })), { data }];
  const others = [null, undefined, 5, "x", { input: 5 }, { input: { data } }, { input: { data, shape: null } }];
  const score = ({ data: { length } }: HostTensor) => ({ value: 0, gradient: new Float32Array(length) });

  it("is E_INPUT_SHAPE, whatever its shape is", async () => {
    const model = await createModel(graph, { engine: { build: "simd" } });
    for (const given of [...tensors, ...others] as unknown as HostTensor[]) {
      for (const ask of [
        () => model.run(given),
        () => model.gradients(given, { of: 1, wrt: ["input"] }),
        () => model.inputGradient(given, "block", score),
      ])
        expect(await codeOf(ask)).toBe("E_INPUT_SHAPE");
    }
    for (const given of tensors as HostTensor[])
      expect(await codeOf(() => explain(model, given))).toBe("E_INPUT_SHAPE");
    model.dispose();
  });
});
