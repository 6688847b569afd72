/** Two answers from one forward pass: where is the cat, and where is the coffee? Run it after `npm run build`. */
import { mkdir } from "node:fs/promises";
import { boxes, explainMany, loadModel, overlay, readImage, writeImage } from "gradcam-wasm";

const model = await loadModel();
const image = await readImage(new URL("cat-and-coffee.jpg", import.meta.url));
const targets = ["Egyptian cat", "espresso"];

await mkdir("gradcam-output", { recursive: true });
for (const { target, map } of await explainMany(model, image, { targets })) {
  const [box] = boxes(map, { threshold: 0.5 });
  const place = box ? `${box.width} × ${box.height} pixels at (${box.x}, ${box.y})` : "nowhere";
  const name = target.label.toLowerCase().replaceAll(/[ _]/g, "-");
  const path = `gradcam-output/cat-and-coffee.${name}.png`;
  await writeImage(path, overlay(image, map));
  console.log(`${target.label}, logit ${target.score.toFixed(1)}: ${place}, ${path}`);
}
model.dispose();
