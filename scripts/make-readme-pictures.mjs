/** Paints the pictures of README.md with the package itself: one photo, two classes, many methods. Run: npm run docs */
import { execFileSync } from "node:child_process";
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

const COMPARED = "grad-cam,layer-cam,finer-cam,counterfactual,eigen-cam,full-grad,random-cam";
const compare = ["compare", `${root}examples/cat-and-coffee.jpg`, "--methods", COMPARED, "--target", "espresso"];
const figure = ["--columns", "4", "--grid", `${root}docs/images/compare.webp`, "--exact", "--force", "--quiet"];
execFileSync(process.execPath, [`${root}dist/cli/bin.js`, ...compare, ...figure], { stdio: "inherit" });
