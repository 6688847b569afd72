/** The promise of the first page: nothing is fetched without being asked for. Every way to the network is watched. */
import dns from "node:dns";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { classify, explain, listModels, loadModel, pull, readImage } from "../../src/node.ts";
import { codeOf } from "../support/error-code.ts";
import { temporaryFolder } from "../support/pull-laboratory.ts";

const attempts: string[] = [];
let cache: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  attempts.length = 0;
  cache = temporaryFolder();
  vi.stubEnv("GRADCAM_CACHE", cache.path);
  const watch = (what: string) => (): never => {
    attempts.push(what);
    throw new Error(`${what} while offline`);
  };
  vi.stubGlobal("fetch", watch("fetch"));
  vi.spyOn(net.Socket.prototype, "connect").mockImplementation(watch("connect"));
  vi.spyOn(http, "request").mockImplementation(watch("http"));
  vi.spyOn(https, "request").mockImplementation(watch("https"));
  vi.spyOn(dns, "lookup").mockImplementation(watch("lookup"));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  cache.remove();
});

describe("without being asked for, no connection is opened", () => {
  it("by loading, explaining and classifying", async () => {
    const model = await loadModel();
    const image = await readImage("examples/cat.jpg");
    await classify(model, image);
    await explain(model, image, { method: "layer-cam" });
    model.dispose();
    expect(attempts).toEqual([]);
  });

  it("by the name of any model, which is E_MODEL_NOT_FOUND with the command that fetches it", async () => {
    for (const { name, url } of listModels()) {
      if (url === undefined) continue;
      await expect(loadModel(name)).rejects.toMatchObject({
        code: "E_MODEL_NOT_FOUND",
        hint: expect.stringContaining(`gradcam pull ${name}`) as string,
      });
    }
    expect(attempts).toEqual([]);
  });

  it("by pull with the option offline, or of the embedded model", async () => {
    expect(await codeOf(() => pull("vgg16", { offline: true }))).toBe("E_MODEL_NOT_FOUND");
    expect(await pull("efficientnet-lite0")).toMatch(/efficientnet-lite0\.f16\.safetensors$/);
    expect(attempts).toEqual([]);
  });

  it("but it is when it is asked for", async () => {
    await expect(loadModel("vgg16", { download: true })).rejects.toThrow();
    expect(attempts).toContain("fetch");
  });
});
