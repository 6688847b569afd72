/** The whole library in ten lines: why does the network see what it sees in this picture? Run it after `npm run build`. */
import { mkdir } from "node:fs/promises";
import { explain, loadModel, overlay, readImage, writeImage } from "gradcam-wasm";

const model = await loadModel(); // the embedded ImageNet model; or "vgg16", a path, a URL, bytes
const image = await readImage(new URL("cat.jpg", import.meta.url));
const { predictions, map, target, layer, warnings } = await explain(model, image);

for (const { label, probability } of predictions)
  console.log(`${(100 * probability).toFixed(1).padStart(5)} %  ${label}`);
console.log(`Why ${target.label}? Grad-CAM at layer ${layer}`);
for (const { message, hint } of warnings) console.warn(`${message}; ${hint}`);

await mkdir("gradcam-output", { recursive: true });
await writeImage("gradcam-output/cat.png", overlay(image, map));
console.log("gradcam-output/cat.png");
model.dispose();
