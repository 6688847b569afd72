/**
 * How far packages are from their papers: the figures of docs/compat.md. For each method that a package computes by another formula,
 * max|package − paper| of the positive parts, each divided by its maximum, over four photos at two layers; and the same for finished maps.
 * Run by hand: node scripts/measure-compat.mjs
 */
import { fileURLToPath } from "node:url";
import { explain, loadModel, readImage } from "gradcam-wasm";

const PHOTOS = ["cat", "coffee", "astronaut", "cat-and-coffee"];
const LAYERS = ["_relu_head", "_blocks.10._relu1"];
/** FullGrad sees all layers; Score-CAM takes a forward pass for each channel. */
const LAYERS_OF = { "full-grad": ["auto"], "score-cam": ["_blocks.10"] };
const CASES = [
  ["pytorch-grad-cam", ["grad-cam", "grad-cam++", "xgrad-cam", "layer-cam", "finer-cam", "full-grad", "score-cam"]],
  ["torchcam", ["grad-cam", "grad-cam++", "smooth-grad-cam++", "xgrad-cam", "layer-cam", "finer-cam", "score-cam"]],
  ["chollet", ["grad-cam"]],
  ["keras-io", ["grad-cam"]],
];

const unit = (values) => {
  const top = Math.max(...values);
  return values.map((value) => (top > 0 ? Math.max(0, value) / top : 0));
};
const distance = (a, b) => a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
const percent = (values) =>
  `${[Math.min(...values), Math.max(...values)].map((v) => (100 * v).toFixed(1)).join("–")} %`;

const model = await loadModel(undefined, { engine: { exact: true } });
for (const [compat, methods] of CASES) {
  for (const method of methods) {
    const raws = [];
    const maps = [];
    const layers = LAYERS_OF[method] ?? LAYERS;
    for (const photo of PHOTOS) {
      const image = await readImage(fileURLToPath(new URL(`../examples/${photo}.jpg`, import.meta.url)));
      for (const layer of layers) {
        const paper = await explain(model, image, { method, layer });
        const theirs = await explain(model, image, { method, layer, compat, target: paper.target.index });
        raws.push(distance(unit(theirs.raw.data), unit(paper.raw.data)));
        maps.push(distance(theirs.map.data, paper.map.data));
      }
    }
    console.log(`| ${compat} | ${method} | ${percent(raws)} | ${percent(maps)} |`);
  }
}
model.dispose();
