/**
 * Paints docs/images/methods: one picture per method, each asked about the same class of the same photo, and the photo itself.
 * Run by hand when a method is added or changed: node scripts/make-method-pictures.mjs [method…]
 */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { explain, heatPicture, loadModel, METHODS, overlay, readImage } from "gradcam-wasm";
import sharp from "sharp";

const TARGET = "espresso";
const WIDTH = 240;
const folder = fileURLToPath(new URL("../docs/images/methods/", import.meta.url));
const photo = fileURLToPath(new URL("../examples/cat-and-coffee.jpg", import.meta.url));

async function save(name, { data, width, height, channels }) {
  const pixels = sharp(data, { raw: { width, height, channels } });
  await pixels.resize(WIDTH).webp({ quality: 72 }).toFile(`${folder}${name}.webp`);
}

/** Single pixels would be lost over a photo: their maps are shown alone, squares averaged, white from the 99th percentile on. */
const FINE = [
  "saliency",
  "input-x-gradient",
  "smooth-grad",
  "integrated-gradients",
  "blur-ig",
  "guided-backprop",
  "deconvnet",
];
FINE.push("guided-grad-cam");

function fine({ data, width, height }) {
  const side = Math.floor(width / WIDTH);
  const small = { width: Math.floor(width / side), height: Math.floor(height / side) };
  const sums = new Float32Array(small.width * small.height);
  for (let y = 0; y < small.height * side; y++) {
    const row = Math.floor(y / side) * small.width;
    for (let x = 0; x < small.width * side; x++) sums[row + Math.floor(x / side)] += data[y * width + x];
  }
  const top = [...sums].sort((a, b) => a - b)[Math.floor(sums.length * 0.99)];
  return heatPicture({ ...small, data: sums.map((value) => Math.min(1, value / top)) }, { colormap: "inferno" });
}

/** These would take a thousand forward passes each. */
const FEWER = { "ss-cam": { maxN: 24, samples: 6 }, "is-cam": { maxN: 24 }, rise: { samples: 300 } };

const wanted = process.argv.length > 2 ? process.argv.slice(2) : METHODS;
await mkdir(folder, { recursive: true });
const image = await readImage(photo);
await save("photo", image);
// The strict build: the same picture on every machine.
const model = await loadModel(undefined, { engine: { exact: true } });
for (const method of wanted) {
  const begun = performance.now();
  const { map, facts, warnings } = await explain(model, image, { method, target: TARGET, ...FEWER[method] });
  await save(method, FINE.includes(method) ? fine(map) : overlay(image, map));
  const codes = warnings.map(({ code }) => code);
  console.log(method, `${Math.round(performance.now() - begun)} ms`, facts ?? "", codes.join(" "));
}
model.dispose();
