/** TensorFlow.js: a model.json beside the shards of a golden model, which the first byte chooses. */
import { readdirSync } from "node:fs";
import { loadGraph } from "../../../src/load/index.ts";
import { folderSource } from "../../support/folder-source.ts";
import { golden, type Target, use } from "./target.ts";

const MODELS = ["graph_small_uint8", "graph_small_float16", "graph_tiny_f32", "js_functional"].concat([
  "js_sequential",
  "layers_siamese_f32",
  "layers_small_float16",
  "layers_tiny_uint16",
]);

export const tfjs: Target = {
  seeds: () => Promise.resolve(MODELS.map((name, i) => Uint8Array.of(i, ...golden(`tfjs/${name}/model.json`)))),
  async read(bytes) {
    const name = MODELS[(bytes[0] ?? 0) % MODELS.length]!;
    const shards = readdirSync(`test/golden/tfjs/${name}`).filter((file) => file.endsWith(".bin"));
    const folder = Object.fromEntries(shards.map((file) => [file, golden(`tfjs/${name}/${file}`)]));
    const source = folderSource({ ...folder, "model.json": bytes.subarray(1) }, "model.json");
    await use(await loadGraph(source, { format: "tfjs" }));
  },
};
