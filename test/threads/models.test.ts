/** Models on several threads as users meet them: what they say of themselves, how they end, and what they refuse. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadModel as loadFromCore } from "../../src/index.ts";
import { bytesSource, explain, type HostTensor, loadModel } from "../../src/node.ts";
import { allot } from "../../src/wasm/workforce.ts";
import { codeOf } from "../support/error-code.ts";
import { goldenFloats } from "../support/golden.ts";
import { built } from "../support/package.ts";
import { threadedModel } from "../support/threads.ts";

const cat: HostTensor = { data: goldenFloats("efficientnet-lite0/inputs/cat.f32"), shape: [1, 224, 224, 3] };
const WEIGHTS = new URL("../../weights/efficientnet-lite0.f16.safetensors", import.meta.url);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("a model", () => {
  it("says on how many threads it runs", async () => {
    for (const threads of [1, 3]) {
      const model = await loadModel(undefined, { engine: { threads } });
      expect(model.engine.threads).toBe(threads);
      expect(model.engine).not.toHaveProperty("threadsNote");
      model.dispose();
    }
  });

  it("ends its workers when it is disposed of while they sleep", async () => {
    const { model, workers } = await threadedModel({ engine: { threads: 4 } });
    await model.run(cat);
    await workers.joined();
    await pause(50);
    const ended = Promise.all(workers.list.map((worker) => new Promise((resolve) => worker.once("exit", resolve))));
    model.dispose();
    expect(await ended).toHaveLength(3);
    expect(await codeOf(() => model.run(cat))).toBe("E_DISPOSED");
  });

  it("row 49: is not hurt by a call that was aborted", async () => {
    const { model, workers } = await threadedModel({ engine: { threads: 2 } });
    const before = await model.run(cat);
    await workers.joined();
    await expect(model.run(cat, { signal: AbortSignal.abort() })).rejects.toThrow("aborted");
    expect(await model.run(cat)).toEqual(before);
    model.dispose();
  });

  it("row 50: fails with E_WORKER from then on when a worker is lost, and says what to do", async () => {
    const { model, workers } = await threadedModel({ engine: { threads: 2 } });
    await model.run(cat);
    await workers.joined();
    await workers.list[0]!.terminate();
    await pause(20);
    expect(await codeOf(() => model.run(cat))).toBe("E_WORKER");
    await expect(explain(model, cat)).rejects.toThrow(/ended with code 1; dispose of this model and load it again/);
    model.dispose();
  });

  it("runs beside many others", async () => {
    const models = await Promise.all(Array.from({ length: 6 }, () => loadModel(undefined, { engine: { threads: 3 } })));
    for (let pass = 0; pass < 3; pass++) {
      const answers = await Promise.all(models.map((model) => model.run(cat)));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
    for (const model of models) model.dispose();
  });

  it("has its workers ended when it was forgotten", { timeout: 60_000 }, async () => {
    const ended: number[] = [];
    await (async () => {
      const { model, workers } = await threadedModel({ engine: { threads: 2 } });
      await model.run(cat);
      await workers.joined();
      for (const worker of workers.list) worker.once("exit", (code) => ended.push(code));
    })();
    for (let i = 0; i < 100 && ended.length === 0; i++) {
      globalThis.gc!();
      await pause(50);
    }
    expect(ended).toHaveLength(1);
  });

  it("keeps no process alive that does not dispose of it", () => {
    const code = `
      import { loadModel } from ${JSON.stringify(built("node.js"))};
      const model = await loadModel(undefined, { engine: { threads: 3 } });
      await model.run({ data: new Float32Array(224 * 224 * 3), shape: [1, 224, 224, 3] });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await model.run({ data: new Float32Array(224 * 224 * 3), shape: [1, 224, 224, 3] });`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { timeout: 20_000 });
    expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: "" });
  });
});

describe("the number of threads", () => {
  const workforce = { cores: () => 12, start: () => ({ terminate: () => undefined }) };

  it("is that of the cores, at most eight, unless it is told", () => {
    expect(allot("auto", workforce, false).threads).toBe(8);
    expect(allot("auto", { ...workforce, cores: () => 3 }, false).threads).toBe(3);
    expect(allot(12, workforce, false).threads).toBe(12);
    expect(allot("auto", { ...workforce, cores: () => 1 }, false)).toEqual({ threads: 1 });
  });

  it.each([0, -1, 1.5, NaN, 32, "2", "all", null])("row 50: is not %s", async (threads) => {
    const engine = { threads: threads as number };
    expect(await codeOf(() => loadModel(undefined, { engine }))).toBe("E_OPTION");
  });

  it("is one with a module of the caller's own, and a greater one contradicts that", async () => {
    const module = await WebAssembly.compile(readFileSync(new URL("../../build/simd.wasm", import.meta.url)));
    const model = await loadModel(undefined, { engine: { build: "simd", module } });
    expect(model.engine).toMatchObject({ threads: 1, threadsNote: "engine.module is a build for one thread" });
    model.dispose();
    const engine = { build: "simd", module, threads: 2 } as const;
    expect(await codeOf(() => loadModel(undefined, { engine }))).toBe("E_OPTION");
  });

  it("is one where no workers can be started, whatever was asked for", async () => {
    const source = bytesSource(readFileSync(WEIGHTS));
    const model = await loadFromCore(source, { architecture: "efficientnet-lite0", engine: { threads: 4 } });
    expect(model.engine).toMatchObject({ threads: 1, threadsNote: "gradcam-wasm/core starts no workers" });
    model.dispose();
  });

  it("row 50: is one without SharedArrayBuffer", () => {
    const { SharedArrayBuffer: there } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
      expect(allot(4, workforce, false)).toEqual({
        threads: 1,
        note: "no SharedArrayBuffer: the page is not cross-origin isolated",
      });
    } finally {
      globalThis.SharedArrayBuffer = there;
    }
  });
});
