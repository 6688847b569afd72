/** Paints the pictures of README.md with the package itself: one photo, two classes, one forward pass. Run: npm run docs */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { explainMany, loadModel, overlay, readImage, writeImage } from "gradcam-wasm";

const root = fileURLToPath(new URL("..", import.meta.url));

// The strict build: the same picture on every machine.
const model = await loadModel(undefined, { engine: { exact: true } });
const image = await readImage(`${root}examples/cat-and-coffee.jpg`);
const explanations = await explainMany(model, image, { targets: ["Egyptian_cat", "espresso"] });
await mkdir(`${root}docs/images`, { recursive: true });
for (const { map, target } of explanations) {
  await writeImage(`${root}docs/images/${target.label.toLowerCase()}.jpg`, overlay(image, map), { quality: 85 });
}
model.dispose();
