/**
 * Your own TensorFlow.js network, explained. Run it after `npm run build`: node examples/your-own-model-tfjs.mjs model.json photo.jpg
 * From tfjs: await model.save("file://my-model"); from Python: tensorflowjs_converter. The files with weights lie beside model.json.
 */
import { mkdir } from "node:fs/promises";
import { explain, loadModel, overlay, readImage, writeImage } from "gradcam-wasm";

const [, , file = "model.json", photo = "photo.jpg"] = process.argv;

// How pictures became numbers is not in the file: "unit" is 0 … 1, "tf" −1 … 1. In a page, give a URL or the list of files.
const model = await loadModel(file, { preprocess: "unit" });
const image = await readImage(photo);
const { predictions, layer, map } = await explain(model, image);

for (const { label, probability } of predictions) console.log(`${(100 * probability).toFixed(1)} %  ${label}`);
await mkdir("gradcam-output", { recursive: true });
await writeImage("gradcam-output/your-own-model.png", overlay(image, map));
console.log(`gradcam-output/your-own-model.png, Grad-CAM at layer ${layer}`);
model.dispose();
