import { GradCamError } from "../errors.ts";
import { defineAttribution } from "./method.ts";

/**
 * Occlusion: y(x) − y(x with a patch set to 0, the mean colour), for patches over the whole picture; a pixel's value is the mean of
 * the patches that cover it. A forward pass for each patch. Zeiler & Fergus, ECCV 2014, §4.2, https://arxiv.org/abs/1311.2901
 */
export const occlusion = defineAttribution({
  name: "occlusion",
  options: {
    patch: { default: 32, min: 1, integer: true, about: "side of the patch, in pixels of the input" },
    stride: { default: 16, min: 1, integer: true, about: "pixels from one patch to the next" },
  },
  async attribution(probe, { patch, stride }) {
    if (stride > patch) throw gaps(patch, stride);
    const { data, width, height, channels } = probe.input;
    const columns = starts(width, patch, stride);
    const patches = starts(height, patch, stride).flatMap((y) => columns.map((x) => ({ x, y })));
    const scores = await probe.scores({
      name: "occluded pictures",
      count: patches.length,
      write(index, into) {
        const { x, y } = patches[index]!;
        into.set(data);
        for (let row = y; row < Math.min(height, y + patch); row++) {
          into.fill(0, (row * width + x) * channels, (row * width + Math.min(width, x + patch)) * channels);
        }
      },
    });
    const sums = new Float64Array(width * height);
    const covers = new Float64Array(width * height);
    patches.forEach(({ x, y }, i) => {
      for (let row = y; row < Math.min(height, y + patch); row++) {
        for (let column = x; column < Math.min(width, x + patch); column++) {
          sums[row * width + column]! += probe.score - scores[i]!;
          covers[row * width + column]! += 1;
        }
      }
    });
    return Float32Array.from(sums, (sum, i) => sum / covers[i]!);
  },
  reduce: "none",
});

const gaps = (patch: number, stride: number): GradCamError =>
  new GradCamError("E_OPTION", {
    where: "stride of occlusion",
    expected: `at most the patch, ${patch}, so that every pixel is covered`,
    got: String(stride),
  });

/** Where patches begin: every `stride` pixels, the last one at the first place from which the end is covered. */
function starts(size: number, patch: number, stride: number): number[] {
  const count = 1 + Math.ceil(Math.max(0, size - patch) / stride);
  return Array.from({ length: count }, (_, i) => i * stride);
}
