/** One .wasm file serves both kinds of memory. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MAX_PAGES, withSharedMemory } from "../../src/wasm/shared-memory.ts";
import { CORES } from "../support/engine.ts";
import { codeOf } from "../support/error-code.ts";

const HEADER = [0, 97, 115, 109, 1, 0, 0, 0];
const ENV_MEMORY = [3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2];

describe("a build of the core for a shared memory", () => {
  it.each(CORES)("takes a shared memory and no other: %s", async (build) => {
    const bytes = withSharedMemory(readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url)));
    const module = await WebAssembly.compile(bytes);
    const shared = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
    const { exports } = await WebAssembly.instantiate(module, { env: { memory: shared } });
    expect(exports["relu"]).toBeTypeOf("function");
    const plain = new WebAssembly.Memory({ initial: 1 });
    await expect(WebAssembly.instantiate(module, { env: { memory: plain } })).rejects.toThrow(WebAssembly.LinkError);
  });

  it("keeps the smallest size and whatever stands around the imports", () => {
    const before = [...HEADER, 1, 4, 1, 96, 0, 0, 2, 16, 1, ...ENV_MEMORY, 0, 0x80, 0x01, 3, 2, 1, 0];
    const after = [...HEADER, 1, 4, 1, 96, 0, 0, 2, 19, 1, ...ENV_MEMORY, 3, 0x80, 0x01, 0x80, 0x80, 4, 3, 2, 1, 0];
    expect([...withSharedMemory(Uint8Array.from(before))]).toEqual(after);
  });

  it.each([
    ["has no imports", [...HEADER, 1, 4, 1, 96, 0, 0]],
    ["imports a memory that is shared already", [...HEADER, 2, 18, 1, ...ENV_MEMORY, 3, 1, 0x80, 0x80, 4]],
    ["imports something else as well", [...HEADER, 2, 16, 2, ...ENV_MEMORY, 0, 1, 0]],
    ["goes on behind the memory", [...HEADER, 2, 16, 1, ...ENV_MEMORY, 0, 1, 0]],
  ])("cannot be made of one that %s", async (_, bytes) => {
    expect(await codeOf(() => withSharedMemory(Uint8Array.from(bytes)))).toBe("E_INTERNAL");
  });
});
