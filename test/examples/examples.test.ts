/** Every example runs as it is printed, and leaves the pictures it says it leaves. */
import { rm } from "node:fs/promises";
import { afterEach, expect, it, vi } from "vitest";
import { readImage } from "../../src/node.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Runs a script and returns what it prints. */
async function printed(script: string): Promise<string> {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await import(`../../examples/${script}.mjs`);
  expect(warn).not.toHaveBeenCalled();
  return log.mock.calls.map((words) => words.join(" ")).join("\n");
}

/** Removes a picture that an earlier run may have left. */
const fresh = (path: string): Promise<void> => rm(path, { force: true });

it("node.mjs explains the cat", async () => {
  await fresh("gradcam-output/cat.png");
  expect(await printed("node")).toMatch(/Egyptian.cat[^]*Why Egyptian.cat\? Grad-CAM at layer/);
  expect(await readImage("gradcam-output/cat.png")).toMatchObject(await sizeOf("examples/cat.jpg"));
});

it("two-classes.mjs finds the cat on the left and the espresso on the right", async () => {
  const pictures = ["egyptian-cat", "espresso"].map((name) => `gradcam-output/cat-and-coffee.${name}.png`);
  await Promise.all(pictures.map(fresh));
  const [cat, coffee] = (await printed("two-classes")).split("\n").map((line) => {
    const [, width, x] = /: (\d+) × \d+ pixels at \((\d+), \d+\)/.exec(line)!.map(Number);
    return x! + width! / 2;
  });
  const { width } = await sizeOf("examples/cat-and-coffee.jpg");
  expect(cat).toBeLessThan(width / 2);
  expect(coffee).toBeGreaterThan(width / 2);
  for (const picture of pictures) expect(await readImage(picture)).toMatchObject({ width });
});

it.each([
  ["onnx", "test/golden/onnx/shuffle.onnx"],
  ["keras", "test/golden/keras/files/k3_nested.keras"],
  ["tfjs", "test/golden/tfjs/layers_small_uint8/model.json"],
  ["safetensors", "weights/efficientnet-lite0.f16.safetensors"],
])("your-own-model-%s.mjs explains a network of that family", async (family, file) => {
  await fresh("gradcam-output/your-own-model.png");
  vi.spyOn(process, "argv", "get").mockReturnValue(["node", "script", file, "examples/cat.jpg"]);
  expect(await printed(`your-own-model-${family}`)).toMatch(/%[^]*Grad-CAM at layer/);
  expect(await readImage("gradcam-output/your-own-model.png")).toMatchObject(await sizeOf("examples/cat.jpg"));
});

it("gradients.mjs paints d(score)/d(input)", async () => {
  await fresh("gradcam-output/cat.gradient.png");
  expect(await printed("gradients")).toMatch(/d\/d\(input\): 1 × 224 × 224 × 3/);
  expect(await readImage("gradcam-output/cat.gradient.png")).toMatchObject({ width: 448, height: 448 });
});

it("download.mjs fetches nothing unasked, and says how to ask", async () => {
  vi.stubEnv("GRADCAM_CACHE", "gradcam-output/no-cache");
  vi.stubGlobal("fetch", () => {
    throw new Error("fetched");
  });
  expect(await printed("download")).toMatch(
    /^MobileNet, Apache-2\.0: https:.*\nE_MODEL_NOT_FOUND: gradcam pull mobilenet/,
  );
});

async function sizeOf(path: string): Promise<{ width: number; height: number }> {
  const { width, height } = await readImage(path);
  return { width, height };
}
