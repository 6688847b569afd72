/** The exports of all builds are exactly what src/wasm/kernels.ts declares: nothing missing, nothing undeclared. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { KERNEL_ARITY } from "../../src/wasm/kernels.ts";
import { CORES } from "../support/engine.ts";

describe.each(CORES)("the %s build", (build) => {
  it("exports the kernels of the ABI with their number of parameters", async () => {
    const bytes = readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url));
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    const kernels = Object.entries(instance.exports).filter(([, value]) => typeof value === "function");
    const arity = Object.fromEntries(kernels.map(([name, kernel]) => [name, (kernel as () => unknown).length]));
    expect(arity).toEqual(KERNEL_ARITY);
  });

  it("has no static data and imports nothing but its memory: many instances can share one", async () => {
    const bytes = readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url));
    const module = await WebAssembly.compile(bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const memory = new WebAssembly.Memory({ initial: 1 });
    await WebAssembly.instantiate(module, { env: { memory } });
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  });
});
