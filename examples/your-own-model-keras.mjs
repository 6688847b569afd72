/**
 * Your own Keras network, explained. Run it after `npm run build`: node examples/your-own-model-keras.mjs model.keras photo.jpg
 * In Python: model.save("model.keras"), or with older versions model.save("model.h5").
 */
import { mkdir } from "node:fs/promises";
import { explain, loadModel, overlay, readImage, writeImage } from "gradcam-wasm";

const [, , file = "model.keras", photo = "photo.jpg"] = process.argv;

// A Rescaling or Normalization inside is found; otherwise say how pictures became numbers: { preprocess: "tf" }.
// With 1000 classes ImageNet's names are there; otherwise say labels: ["cat", "dog", …].
const model = await loadModel(file);
const image = await readImage(photo);
const { predictions, layer, map } = await explain(model, image);

for (const { label, probability } of predictions) console.log(`${(100 * probability).toFixed(1)} %  ${label}`);
await mkdir("gradcam-output", { recursive: true });
await writeImage("gradcam-output/your-own-model.png", overlay(image, map));
console.log(`gradcam-output/your-own-model.png, Grad-CAM at layer ${layer}`);
model.dispose();
