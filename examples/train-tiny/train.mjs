/** Learning: stochastic gradient descent with momentum over the gradients that the core computes. */
import { createNetwork } from "./network.mjs";
import { CLASSES, drawBatch, seeded } from "./shapes.mjs";

/** @typedef {import("gradcam-wasm").Model} Model */
/** @typedef {ReturnType<typeof drawBatch>} Batch */

export const DEFAULTS = { seed: 1, steps: 600, batch: 32, rate: 0.05, momentum: 0.9 };

/** Steps in which the rate rises: the first gradients are large, and a dead ReLU stays dead. */
const WARM_UP = 20;

/**
 * Trains a new network on pictures drawn as it goes, none of them twice.
 * @param {Partial<typeof DEFAULTS> & { model?: import("gradcam-wasm").ModelOptions, onStep?: (step: number, loss: number) => void }} [options]
 * @returns {Promise<{ model: Model, losses: number[] }>}
 */
export async function train({ model: modelOptions, onStep, ...options } = {}) {
  const { seed, steps, batch, rate, momentum } = { ...DEFAULTS, ...options };
  const random = seeded(seed);
  const { model, weights } = await createNetwork(random, modelOptions);
  const parameters = [...weights].map(([name, w]) => ({ name, w, velocity: new Float32Array(w.length) }));
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const { tensor, labels } = drawBatch(random, batch);
    const { value, gradients } = await model.gradients(tensor, { of: crossEntropy(labels), wrt: [...weights.keys()] });
    const pace = { rate: rate * schedule(step, steps), momentum };
    for (const { name, w, velocity } of parameters) descend(w, velocity, gradients[name].data, pace);
    await model.setWeights(Object.fromEntries(weights));
    losses.push(value);
    onStep?.(step, value);
  }
  return { model, losses };
}

/**
 * The mean over the batch of −log p(label).
 * @param {readonly number[]} labels
 * @returns {import("gradcam-wasm").Score}
 */
const crossEntropy = (labels) => (output) =>
  labels
    .map((label, sample) => output.logProbability(label, sample))
    .reduce((sum, term) => sum.add(term))
    .mul(-1 / labels.length);

/**
 * Up to 1 in the first steps, then down to 0 along a cosine.
 * @type {(step: number, steps: number) => number}
 */
const schedule = (step, steps) => (Math.min(1, (step + 1) / WARM_UP) * (1 + Math.cos((Math.PI * step) / steps))) / 2;

/**
 * v ← momentum·v − rate·dw, w ← w + v.
 * @param {Float32Array} w
 * @param {Float32Array} v
 * @param {Float32Array} dw
 * @param {{ rate: number, momentum: number }} pace
 */
function descend(w, v, dw, { rate, momentum }) {
  for (let i = 0; i < w.length; i++) {
    v[i] = momentum * v[i] - rate * dw[i];
    w[i] += v[i];
  }
}

/**
 * How often a picture of each class (row) is taken for each class (column).
 * @param {Model} model
 * @param {Batch} batch
 */
export async function confusion(model, { tensor, labels }) {
  const { scores } = await model.run(tensor, { outputs: ["scores"] });
  const table = CLASSES.map(() => CLASSES.map(() => 0));
  labels.forEach((label, sample) => {
    const row = scores.data.subarray(sample * CLASSES.length, (sample + 1) * CLASSES.length);
    table[label][row.indexOf(Math.max(...row))]++;
  });
  return table;
}

/** The share on the diagonal. @param {number[][]} table */
export const accuracy = (table) =>
  table.reduce((sum, row, i) => sum + row[i], 0) / table.flat().reduce((a, b) => a + b);
