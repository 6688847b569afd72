/**
 * Trains a small network from nothing with the gradients of this package, then asks it why it said what it said.
 * Takes a few seconds. Run it after `npm run build`.
 */
import { mkdir } from "node:fs/promises";
import { explain, matrixPicture, overlay, writeImage } from "gradcam-wasm";
import { CLASSES, drawBatch, seeded, SIDE } from "./train-tiny/shapes.mjs";
import { accuracy, confusion, DEFAULTS, train } from "./train-tiny/train.mjs";

const begun = performance.now();
const { model } = await train({
  onStep(step, loss) {
    if ((step + 1) % 100 === 0) console.log(`step ${step + 1} of ${DEFAULTS.steps}: loss ${loss.toFixed(3)}`);
  },
});
console.log(`trained in ${((performance.now() - begun) / 1000).toFixed(1)} s`);

const heldOut = seeded(DEFAULTS.seed + 1);
const table = await confusion(model, drawBatch(heldOut, 1000));
console.log(`${(100 * accuracy(table)).toFixed(1)} % of 1000 pictures it has never seen`);
console.log(["taken for", ...CLASSES].map((text) => text.padStart(10)).join(""));
CLASSES.forEach((name, row) => console.log([name, ...table[row]].map((cell) => String(cell).padStart(10)).join("")));

const { tensor, labels } = drawBatch(heldOut, 1);
const { target, layer, map } = await explain(model, tensor);
const picture = matrixPicture({ data: tensor.data, width: SIDE, height: SIDE }, { cell: 16, colormap: "gray" });
await mkdir("gradcam-output", { recursive: true });
await writeImage("gradcam-output/train-tiny.png", overlay(picture, map));
const certainty = `${(100 * (target.probability ?? 0)).toFixed(1)} %`;
console.log(
  `a ${CLASSES[labels[0]]}: it says ${target.label} (${certainty}); why, by layer ${layer}: gradcam-output/train-tiny.png`,
);
model.dispose();
