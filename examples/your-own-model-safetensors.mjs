/**
 * Your own weights of a known architecture, explained. Run it after `npm run build`:
 * node examples/your-own-model-safetensors.mjs model.safetensors photo.jpg
 * In Python: safetensors.torch.save_file(model.state_dict(), "model.safetensors"), of torchvision or timm.
 */
import { mkdir } from "node:fs/promises";
import { explain, loadModel, overlay, readImage, writeImage } from "gradcam-wasm";

const [, , file = "model.safetensors", photo = "photo.jpg"] = process.argv;

// The architecture is recognised by the names and shapes of its weights, or said: { architecture: "resnet50" }. Pictures are prepared
// as for its official weights: { preprocess: "unit" } says another way. With 1000 classes ImageNet's names are there; otherwise say
// labels: ["cat", "dog", …].
const model = await loadModel(file);
const image = await readImage(photo);
const { predictions, layer, map } = await explain(model, image);

for (const { label, probability } of predictions) console.log(`${(100 * probability).toFixed(1)} %  ${label}`);
await mkdir("gradcam-output", { recursive: true });
await writeImage("gradcam-output/your-own-model.png", overlay(image, map));
console.log(`gradcam-output/your-own-model.png, Grad-CAM at layer ${layer}`);
model.dispose();
