/**
 * Your own PyTorch network, explained. Run it after `npm run build`: node examples/your-own-model-onnx.mjs model.onnx photo.jpg
 * In Python, with pip install torch onnx:
 *   torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), "model.onnx", opset_version=17, dynamo=False)
 */
import { mkdir } from "node:fs/promises";
import { explain, loadModel, overlay, readImage, writeImage } from "gradcam-wasm";

const [, , file = "model.onnx", photo = "photo.jpg"] = process.argv;

// How pictures became numbers is not in the file: 0 … 1 here, or "torch" for ImageNet's mean and deviation.
// With 1000 classes ImageNet's names are there; otherwise say labels: ["cat", "dog", …].
const model = await loadModel(file, { preprocess: "unit" });
const image = await readImage(photo);
const { predictions, layer, map } = await explain(model, image);

for (const { label, probability } of predictions) console.log(`${(100 * probability).toFixed(1)} %  ${label}`);
await mkdir("gradcam-output", { recursive: true });
await writeImage("gradcam-output/your-own-model.png", overlay(image, map));
console.log(`gradcam-output/your-own-model.png, Grad-CAM at layer ${layer}`);
model.dispose();
