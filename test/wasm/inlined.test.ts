/** What is inlined in the package is what the .wasm files hold. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { turboPacked } from "../../src/wasm/generated/turbo.ts";
import { inlinedBuild, unpack } from "../../src/wasm/inlined.ts";
import { createEngine } from "../../src/wasm/instantiate.ts";
import { BUILDS } from "../support/engine.ts";

const file = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url)));

describe("the inlined core", () => {
  it.each(BUILDS)("unpacks to the bytes of %s.wasm", async (build) => {
    expect(Buffer.compare(await inlinedBuild(build), file(build))).toBe(0);
  });

  it("unpacks to the bytes of turbo.wasm", async () => {
    expect(Buffer.compare(await unpack(turboPacked), file("turbo"))).toBe(0);
  });

  it("is what runs where no file is found", async () => {
    const asked: string[] = [];
    const read = (build: string): Promise<undefined> => {
      asked.push(build);
      return Promise.resolve(undefined);
    };
    const engine = await createEngine("simd", { read });
    expect({ asked, build: engine.build }).toEqual({ asked: ["simd"], build: "simd" });
  });

  it("row 50: is not asked for where a file is: damaged bytes are an error", async () => {
    const read = (): Promise<Uint8Array<ArrayBuffer>> => Promise.resolve(Uint8Array.of(0, 97, 115, 109, 9));
    await expect(createEngine("simd", { read })).rejects.toMatchObject({ code: "E_WASM_BLOCKED" });
  });
});
