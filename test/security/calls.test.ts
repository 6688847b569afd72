/** Calls that cross each other, and places where the core cannot run. By the rows of the list in docs/security.md. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { explain, type HostTensor, loadModel } from "../../src/node.ts";
import { chooseBuild } from "../../src/wasm/instantiate.ts";
import { codeOf } from "../support/error-code.ts";
import { goldenFloats } from "../support/golden.ts";

const cat: HostTensor = { data: goldenFloats("efficientnet-lite0/inputs/cat.f32"), shape: [1, 224, 224, 3] };

afterEach(() => vi.restoreAllMocks());

describe("row 49: calls that cross each other", () => {
  it("on one model are answered one after the other, each as it is alone", async () => {
    const model = await loadModel();
    const targets = [285, 282, 967];
    const alone = [];
    for (const target of targets) alone.push((await explain(model, cat, { target })).raw.data);
    const crossing = await Promise.all(targets.map((target) => explain(model, cat, { target })));
    expect(crossing.map(({ raw }) => raw.data)).toEqual(alone);
    model.dispose();
  });

  it("end with their answer or E_DISPOSED when the model is disposed of among them", async () => {
    const model = await loadModel();
    const { raw } = await explain(model, cat);
    const calls = [1, 2, 3].map(() => explain(model, cat));
    await new Promise((resolve) => setTimeout(resolve, 5));
    model.dispose();
    expect(await codeOf(() => explain(model, cat))).toBe("E_DISPOSED");
    for (const outcome of await Promise.allSettled(calls)) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "E_DISPOSED" });
      else expect(outcome.value.raw.data).toEqual(raw.data);
    }
  });

  it("are given up at an abort, before and in the middle, and the next one is answered", async () => {
    const model = await loadModel();
    const before = await explain(model, cat);
    await expect(explain(model, cat, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    const stop = new AbortController();
    const long = explain(model, cat, { method: "score-cam", signal: stop.signal });
    setTimeout(() => {
      stop.abort();
    }, 50);
    await expect(long).rejects.toMatchObject({ name: "AbortError" });
    expect((await explain(model, cat)).raw.data).toEqual(before.raw.data);
    model.dispose();
  });
});

describe("row 50: an engine without SIMD", () => {
  it("is E_WASM_BLOCKED with the versions that have it", async () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    await expect(loadModel()).rejects.toMatchObject({
      code: "E_WASM_BLOCKED",
      hint: expect.stringContaining("Node ≥ 20") as string,
    });
  });

  it("of the relaxed kind takes the other build, unless it was told not to", async () => {
    const { validate } = WebAssembly;
    vi.spyOn(WebAssembly, "validate").mockImplementation((bytes) => bytes.byteLength < 35 && validate(bytes));
    expect(chooseBuild("auto")).toBe("simd");
    expect(await codeOf(() => chooseBuild("relaxed"))).toBe("E_OPTION");
  });
});
