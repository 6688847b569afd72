/** Nothing leads out of the cache: neither links that somebody has put there, nor names. */
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pullFile } from "../../../src/node/cache/pull.ts";
import { codeOf } from "../../support/error-code.ts";
import { PullLaboratory } from "../../support/pull-laboratory.ts";

let laboratory: PullLaboratory;

beforeEach(async () => {
  laboratory = new PullLaboratory();
  await laboratory.start();
});

afterEach(() => laboratory.end());

describe("links that somebody has put into the cache", () => {
  it.each(["file", "partial", "version", "record", "lock"] as const)("are never followed: %s", async (place) => {
    mkdirSync(laboratory.cache);
    const victim = join(laboratory.cache, "..", "victim");
    writeFileSync(victim, "precious");
    symlinkSync(victim, laboratory.places[place]);
    if (place === "lock") utimesSync(victim, 1, 1);
    const result = await codeOf(() => laboratory.pull("none"));
    expect(result).toBe(place === "partial" ? "E_IO" : "none");
    expect(readFileSync(victim, "utf8")).toBe("precious");
    if (result === "none") expect(lstatSync(laboratory.places.file).isSymbolicLink()).toBe(false);
  });

  it("are refused when they are hard links", async () => {
    mkdirSync(laboratory.cache);
    const victim = join(laboratory.cache, "..", "victim");
    writeFileSync(victim, "precious");
    linkSync(victim, laboratory.places.partial);
    expect(await codeOf(() => laboratory.pull("none"))).toBe("E_IO");
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });
});

describe("names", () => {
  it.each(["../vgg16", "/etc/passwd", "vgg16/../../x", "", "__proto__", "constructor", "vgg16\0", "https://x/y.h5"])(
    "lead nowhere when they are not in the registry: %j",
    async (name) => {
      expect(await codeOf(() => pullFile(name, { cache: laboratory.cache }))).toBe("E_MODEL_NOT_FOUND");
      expect(existsSync(laboratory.cache)).toBe(false);
    },
  );

  it("of models without official weights are answered with what to do", async () => {
    await expect(pullFile("resnet18")).rejects.toMatchObject({
      code: "E_MODEL_NOT_FOUND",
      hint: expect.stringMatching(/safetensors/) as string,
    });
  });
});

describe("offline", () => {
  it("is E_MODEL_NOT_FOUND for what the cache has not, and asks nobody", async () => {
    expect(await codeOf(() => laboratory.pull("none", { offline: true }))).toBe("E_MODEL_NOT_FOUND");
    expect(laboratory.requests).toEqual([]);
  });
});
