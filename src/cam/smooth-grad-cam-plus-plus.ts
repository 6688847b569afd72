import { channelSums } from "./channel-sums.ts";
import { defineCam, type LayerProbe } from "./method.ts";

/** Sums of g, g² and g³ over noisy pictures, and the gradient of the last. */
interface Moments {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly third: Float64Array;
  readonly last: Float32Array;
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
    const { first, second, third } = await momentsOf(probe, samples, sigma);
    return weightsOf(probe, second, third, (i) => first[i]! / samples);
  },
  compat: {
    // The gradient of the last noisy picture where the paper has the mean.
    torchcam: {
      async weights(probe, { samples, sigma }) {
        const { second, third, last } = await momentsOf(probe, samples, sigma);
        return weightsOf(probe, second, third, (i) => last[i]!);
      },
    },
  },
});

function momentsOf(probe: LayerProbe, samples: number, sigma: number): Promise<Moments> {
  const { input, activation } = probe;
  const sums = (): Float64Array => new Float64Array(activation.length);
  const series = {
    name: "noisy pictures",
    count: samples,
    write: (index: number, into: Float32Array) => {
      const { normal } = probe.random(index);
      for (let i = 0; i < into.length; i++) into[i] = input.data[i]! + sigma * normal();
    },
  };
  return probe.fold<Moments>(series, {
    begin: () => ({ first: sums(), second: sums(), third: sums(), last: new Float32Array(activation.length) }),
    step({ first, second, third, last }, { gradient }) {
      last.set(gradient);
      gradient.forEach((g, i) => {
        first[i]! += g;
        second[i]! += g ** 2;
        third[i]! += g ** 3;
      });
    },
  });
}

/** Sums stand for means: a common factor cancels in α. */
function weightsOf(
  probe: LayerProbe,
  second: Float64Array,
  third: Float64Array,
  gradient: (index: number) => number,
): Float32Array {
  const { activation, channels } = probe;
  const sums = channelSums(probe, (i) => activation[i]!);
  const alpha = (i: number): number => {
    const denominator = 2 * second[i]! + sums[i % channels]! * third[i]!;
    return denominator === 0 ? 0 : second[i]! / denominator;
  };
  return Float32Array.from(channelSums(probe, (i) => alpha(i) * Math.max(0, gradient(i))));
}
