/** Official weights by name: fetched if the command line says --yes, found in the cache afterwards. */
import { explain, GradCamError, listModels, loadModel, overlay, readImage, writeImage } from "gradcam-wasm";

const NAME = "mobilenet";
const entry = listModels().find(({ name }) => name === NAME);
console.log(`${entry?.title}, ${entry?.licence}: ${entry?.url}`);

try {
  const model = await loadModel(NAME, {
    download: process.argv.includes("--yes"),
    onProgress({ stage, done, total }) {
      if (stage === "download") process.stderr.write(`\r${((100 * done) / total).toFixed(0)} %`);
    },
  });
  const image = await readImage(new URL("cat.jpg", import.meta.url));
  const { target, map } = await explain(model, image);
  await writeImage("mobilenet.png", overlay(image, map));
  console.log(`${target.label}: mobilenet.png shows where`);
  model.dispose();
} catch (error) {
  // Not in the cache and nobody said --yes, no network, not the right file: each has a code.
  if (!(error instanceof GradCamError)) throw error;
  console.log(`${error.code}: ${error.hint}`);
}
