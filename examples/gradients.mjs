/** Real gradients: which pixels would change the score, and how much? d(score)/d(input) as a picture. Run it after `npm run build`. */
import { mkdir } from "node:fs/promises";
import { loadModel, matrixPicture, prepare, readImage, writeImage } from "gradcam-wasm";

const model = await loadModel();
const input = prepare(model, await readImage(new URL("cat.jpg", import.meta.url)));

// Any differentiable function of the class scores: here, what speaks for one class against another.
const contrast = await model.gradients(input, {
  of: (scores) => scores.logit(285).sub(scores.logit(281)),
  wrt: ["input", model.layers[0].name],
});
console.log(`Egyptian cat minus tabby: ${contrast.value.toFixed(2)}`);
for (const [name, { shape }] of Object.entries(contrast.gradients)) console.log(`d/d(${name}): ${shape.join(" × ")}`);

const { gradients } = await model.gradients(input, { of: "top-1", wrt: ["input"] });
await mkdir("gradcam-output", { recursive: true });
await writeImage(
  "gradcam-output/cat.gradient.png",
  matrixPicture(strongest(gradients.input), { cell: 2, colormap: "hot" }),
);
console.log("gradcam-output/cat.gradient.png");
model.dispose();

/**
 * The largest |gradient| of each pixel's channels.
 * @param {import("gradcam-wasm").HostTensor} gradient [1,H,W,C]
 * @returns {import("gradcam-wasm").Map2D}
 */
function strongest({ data, shape: [, height, width, channels] }) {
  const strongestOf = (/** @type {number} */ pixel) =>
    Math.max(...data.subarray(pixel * channels, (pixel + 1) * channels).map(Math.abs));
  return { data: Float32Array.from({ length: height * width }, (_, pixel) => strongestOf(pixel)), height, width };
}
