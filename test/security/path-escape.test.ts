/** Path escape: every format that has parts in other files, with every way to name one that is not the model's, on a real disk. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { GradCamError } from "../../src/errors.ts";
import { loadGraph } from "../../src/load/index.ts";
import { fileSource } from "../../src/node/file-source.ts";
import { gradcam } from "../support/cli.ts";
import { goldenBytes, goldenJson } from "../support/golden.ts";
import { externalTensor, modelProto } from "../support/onnx.ts";
import { zipBytes } from "../support/zip-bytes.ts";

const home = mkdtempSync(join(tmpdir(), "gradcam-escape-"));
const folder = join(home, "model");
mkdirSync(folder);
const SECRET = "the secret of another folder";
const secret = join(home, "secret.bin");
writeFileSync(secret, SECRET.padEnd(4096));
symlinkSync(secret, join(folder, "link.bin"));
symlinkSync(home, join(folder, "up"));
afterAll(() => {
  rmSync(home, { recursive: true });
});

const PATHS = [
  ...[
    "../secret.bin",
    "./../secret.bin",
    "x/../../secret.bin",
    "..\\secret.bin",
    "%2e%2e/secret.bin",
    "..%2fsecret.bin",
  ],
  ...[secret, pathToFileURL(secret).href, `//localhost${secret}`, "C:\\secret.bin", "/dev/zero", "/proc/self/environ"],
  ...["http://127.0.0.1:1/secret.bin", "data:,x", "../secret.bin\u0000.bin", "link.bin", "up/secret.bin"],
];

const manifest = (path: string): object => [{ paths: [path], weights: [{ name: "w", shape: [7], dtype: "float32" }] }];
const { modelTopology } = goldenJson<{ modelTopology: object }>("tfjs/graph_small_f32/model.json");

/** A file that names `path` as where its numbers are. */
const FORMATS: Readonly<Record<string, (path: string) => [name: string, contents: Uint8Array | string]>> = {
  "TensorFlow.js": (path) => [
    "model.json",
    JSON.stringify({ format: "graph-model", modelTopology, weightsManifest: manifest(path) }),
  ],
  safetensors: (path) => [
    "model.safetensors.index.json",
    JSON.stringify({ weight_map: { w: path, other: "other.safetensors" } }),
  ],
  "Keras in shards": (path) => [
    "model.weights.json",
    JSON.stringify({ note: ".weights.h5", weight_map: { "/layers/conv2d/vars": path } }),
  ],
  ONNX: (path) => [
    "model.onnx",
    modelProto({
      nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
      tensors: [externalTensor("w", [64, 8], { location: path })],
      inputs: [["x", [1, 64]]],
    }),
  ],
  zip: (path) => ["model.zip", zipBytes([{ name: path, bytes: "{}" }])],
  "zip, from inside": (path) => [
    "model.zip",
    zipBytes([{ name: "model.json", bytes: JSON.stringify({ modelTopology, weightsManifest: manifest(path) }) }]),
  ],
};

const architecture = JSON.stringify(goldenJson("keras/files/k3_tiny.architecture.json"));

async function errorOf(name: string, contents: Uint8Array | string): Promise<unknown> {
  const path = join(folder, name);
  writeFileSync(path, contents);
  const source = await fileSource(path);
  const isKeras = name === "model.weights.json";
  try {
    await (await loadGraph(source, isKeras ? { architecture } : {})).close();
    return "it loads";
  } catch (error) {
    return error;
  } finally {
    await source.close();
  }
}

describe.each(Object.entries(FORMATS))("path escape by %s", (format, write) => {
  it.each(PATHS)("is refused: %j", async (path) => {
    const error = await errorOf(...write(path));
    expect(error).toBeInstanceOf(GradCamError);
    const { code, message } = error as GradCamError;
    // What is in an archive has no links and no folder above: some of these are names there that no member has.
    const inside = format.startsWith("zip")
      ? /^E_(PATH_ESCAPE|ZIP_INVALID|NAME_INVALID|SHARD_MISSING|UNSUPPORTED_FORMAT)$/
      : /^E_(PATH_ESCAPE|NAME_INVALID)$/;
    expect(code).toMatch(inside);
    expect(message).not.toContain(SECRET.slice(0, 10));
  });
});

describe("path escape by HDF5", () => {
  it.each(["external-link", "external-storage", "virtual", "soft-link"])("is refused: %s", async (name) => {
    const error = await errorOf("model.h5", goldenBytes(`h5/${name}.h5`));
    // Where numbers lie is asked when they are read: these are refused before, since no network has such weights.
    expect((error as GradCamError).code).toMatch(/^E_(H5_LINK|OPTION)$/);
    expect(String(error)).not.toContain("root:");
  });
});

describe("path escape by what the command line writes", () => {
  it("is not to be had with names of pictures, targets or labels", async () => {
    const out = join(home, "out");
    const labels = join(home, "labels.json");
    writeFileSync(labels, JSON.stringify(Array.from({ length: 1000 }, (_, i) => `../../escape${i}`)));
    const picture = join(home, "pictures", "cat.jpg");
    mkdirSync(join(home, "pictures"));
    writeFileSync(picture, readFileSync("examples/cat.jpg"));
    const words = ["--labels", labels, "--quiet", "--output", `${out}/{folder}/{name}.{target}.png`];
    const run = await gradcam(["explain", `${home}/pictures/../pictures/cat.jpg`, ...words]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const written = run.stdout.trim().split("\n");
    expect(written.length).toBeGreaterThan(0);
    for (const path of written) expect(join(path).startsWith(`${out}/`), path).toBe(true);
  });
});
