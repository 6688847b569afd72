import { defineCam, type LayerProbe } from "./method.ts";
import { channelSums, product } from "./volume.ts";

/** Means of g, g² and g³ over noisy pictures, and what was seen of the last. */
interface Moments {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly third: Float64Array;
  readonly last: { readonly gradient: Float32Array; readonly activation: Float32Array };
}

/**
 * Smooth Grad-CAM++: Grad-CAM++ with the means of g, g² and g³ over n pictures with noise N(0, σ²) in place of the derivatives:
 * α = E[g²] / (2·E[g²] + Sₖ·E[g³]), wₖ = Σ α·max(0, E[g]). Omeiza et al., 2019, eq. 10–12, https://arxiv.org/abs/1908.01224
 */
export const smoothGradCamPlusPlus = defineCam({
  name: "smooth-grad-cam++",
  options: {
    samples: { default: 4, min: 1, max: 1000, integer: true, about: "noisy pictures" },
    sigma: { default: 0.3, min: 0, about: "standard deviation of the noise, in units of the preprocessed input" },
  },
  async weights(probe, { samples, sigma }) {
    const { activation, channels } = probe;
    const { first, second, third } = await momentsOf(probe, samples, sigma);
    const sums = channelSums(activation, channels);
    const term = (i: number): number => {
      const denominator = 2 * second[i]! + sums[i % channels]! * third[i]!;
      return denominator === 0 ? 0 : (second[i]! / denominator) * Math.max(0, first[i]!);
    };
    return Float32Array.from(
      channelSums(
        first.map((_, i) => term(i)),
        channels,
      ),
    );
  },
  compat: {
    // Σ A·E[g³] with tied indices where the paper has Sₖ·E[g³]; gradient and map of the last noisy picture.
    torchcam: {
      async volume(probe, { samples, sigma }) {
        const { activation, channels } = probe;
        const { second, third, last } = await momentsOf(probe, samples, sigma);
        const sums = channelSums(product(Float32Array.from(third), activation), channels);
        const alpha = (i: number): number => second[i]! / (2 * second[i]! + sums[i % channels]! + TORCHCAM_EPSILON);
        const weights = channelSums(
          last.gradient.map((g, i) => alpha(i) * Math.max(0, g)),
          channels,
        );
        return last.activation.map((a, i) => a * weights[i % channels]!);
      },
    },
  },
});

const TORCHCAM_EPSILON = 1e-8;

async function momentsOf(probe: LayerProbe, samples: number, sigma: number): Promise<Moments> {
  const { input, activation } = probe;
  const zeros = (): Float64Array => new Float64Array(activation.length);
  const blank = (): Float32Array => new Float32Array(activation.length);
  const series = {
    name: "noisy pictures",
    count: samples,
    write: (index: number, into: Float32Array) => {
      const { normal } = probe.random(index);
      for (let i = 0; i < into.length; i++) into[i] = input.data[i]! + sigma * normal();
    },
  };
  return probe.fold<Moments>(series, {
    begin: () => ({
      first: zeros(),
      second: zeros(),
      third: zeros(),
      last: { gradient: blank(), activation: blank() },
    }),
    step({ first, second, third, last }, seen) {
      const { gradient } = seen;
      last.gradient.set(gradient);
      last.activation.set(seen.activation);
      gradient.forEach((g, i) => {
        first[i]! += g / samples;
        second[i]! += g ** 2 / samples;
        third[i]! += g ** 3 / samples;
      });
    },
  });
}
