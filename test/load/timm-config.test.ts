/** timm's config.json beside a model: what it says is taken, anything else in such a file is left alone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readTimmConfig } from "../../src/load/hub/timm-config.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { fileSource } from "../../src/node/file-source.ts";
import { bytesSource } from "../../src/load/source.ts";

const folder = mkdtempSync(join(tmpdir(), "gradcam-timm-"));
const model = join(folder, "model.safetensors");
writeFileSync(model, "12345678");
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const CONFIG = {
  architecture: "tf_efficientnet_b0",
  num_classes: 1000,
  pretrained_cfg: { input_size: [3, 240, 224], interpolation: "bicubic", mean: [0.5, 0.5, 0.5], std: [0.5, 0.25, 0.5] },
};

async function read(config: unknown) {
  writeFileSync(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  const source = await fileSource(model);
  try {
    return await readTimmConfig(source, DEFAULT_LIMITS);
  } finally {
    await source.close();
  }
}

describe("config.json", () => {
  it("says the architecture, the size and how pictures are prepared", async () => {
    const config = await read(CONFIG);
    expect(config?.architecture).toBe("tf_efficientnet_b0");
    expect(config?.preprocess).toMatchObject({
      size: [240, 224],
      resize: "bicubic",
      mean: [0.5, 0.5, 0.5],
      scale: 1 / 255,
    });
  });

  it.each([
    ["of another library", { model_type: "bert", architectures: ["BertModel"] }],
    ["of a network that is not known", { ...CONFIG, architecture: "vit_base_patch16_224" }],
    ["that is no JSON", "<html>"],
    ["that is a list", "[]"],
    ["with a deep nesting", `${"[".repeat(1000)}${"]".repeat(1000)}`],
  ])("%s says nothing", async (_, config) => {
    expect(await read(config)).toBeUndefined();
  });

  it.each([
    ["no deviation", { std: [0, 1, 1] }],
    ["other channels", { input_size: [1, 224, 224] }],
    ["no numbers", { mean: ["a", "b", "c"] }],
  ])("with %s says the architecture only", async (_, wrong) => {
    const config = { ...CONFIG, pretrained_cfg: { ...CONFIG.pretrained_cfg, ...wrong } };
    expect(await read(config)).toEqual({ architecture: "tf_efficientnet_b0", preprocess: undefined });
  });

  it("is looked for beside files on a disk only", async () => {
    expect(await readTimmConfig(bytesSource(new Uint8Array(8)), DEFAULT_LIMITS)).toBeUndefined();
  });
});
