import { masked } from "../cam/masks.ts";
import { resizeMap } from "../image/resize-map.ts";
import type { Random } from "../random.ts";
import { defineAttribution } from "./method.ts";

/**
 * RISE: S = (1 / (N·p)) Σᵢ (y(x ⊙ Mᵢ) − b)·Mᵢ over N random masks: grids of cells that are 1 with probability p, one cell larger than
 * the picture, upsampled and shifted by up to a cell. Without gradients; a forward pass for each mask. The paper has b = 0 and
 * probabilities (`baseline: "zero", score: "probability"`); b = the mean score takes out what pixels have in common and with it most
 * of the variance. Petsiuk, Das & Saenko, BMVC 2018, eq. 6 and §3.2, https://arxiv.org/abs/1806.07421
 */
export const rise = defineAttribution({
  name: "rise",
  options: {
    samples: { default: 1000, min: 1, max: 100000, integer: true, about: "masks; the paper has 4000 for VGG16" },
    cells: { default: 7, min: 2, max: 64, integer: true, about: "cells of a mask along each side" },
    keep: { default: 0.5, min: 0.01, max: 1, about: "probability of a cell to be seen" },
    baseline: { default: "mean", choices: ["mean", "zero"], about: "what is subtracted from scores" },
  },
  async attribution(probe, { samples, cells, keep, baseline }) {
    const { input } = probe;
    const { width, height } = input;
    /** Of the batch that is being run: every mask is made once, for all targets. */
    const masks = new Map<number, Float32Array>();
    let scored = -1;
    const plain = new Float64Array(width * height);
    const series = {
      name: "randomly masked pictures",
      count: samples,
      write(index: number, into: Float32Array) {
        for (const known of masks.keys()) if (known <= scored) masks.delete(known);
        const mask = randomMask(probe.random(index), { width, height, cells, keep });
        masks.set(index, mask);
        masked(input, mask, into);
      },
    };
    const { weighted, total, ...sums } = await probe.tally<Sums>(series, {
      begin: () => ({ weighted: new Float64Array(width * height), plain, total: 0 }),
      step(sums, { index, score }) {
        const mask = masks.get(index)!;
        if (index > scored) addScaled(plain, mask, 1);
        scored = index;
        sums.total += score;
        addScaled(sums.weighted, mask, score);
      },
    });
    const meanScore = total / samples;
    const b = baseline === "mean" ? meanScore : 0;
    const data = Float32Array.from(weighted, (sum, i) => (sum - b * sums.plain[i]!) / (samples * keep));
    return { data, facts: { masks: samples, meanScore } };
  },
  reduce: "none",
});

/** Σ y·M, Σ M (the same array for all targets) and Σ y. */
interface Sums {
  readonly weighted: Float64Array;
  readonly plain: Float64Array;
  total: number;
}

interface Grid {
  readonly width: number;
  readonly height: number;
  readonly cells: number;
  readonly keep: number;
}

/** [height, width] in 0…1. */
export function randomMask({ uniform }: Pick<Random, "uniform">, { width, height, cells, keep }: Grid): Float32Array {
  const small = Float32Array.from({ length: cells * cells }, () => Number(uniform(0, 1) < keep));
  const [cellW, cellH] = [Math.ceil(width / cells), Math.ceil(height / cells)];
  const wide = (cells + 1) * cellW;
  const large = resizeMap({ data: small, width: cells, height: cells }, wide, (cells + 1) * cellH).data;
  const [x, y] = [Math.floor(uniform(0, cellW)), Math.floor(uniform(0, cellH))];
  const mask = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (y + row) * wide + x;
    mask.set(large.subarray(from, from + width), row * width);
  }
  return mask;
}

function addScaled(sums: Float64Array, values: Float32Array, scale: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + scale * values[i]!;
}
