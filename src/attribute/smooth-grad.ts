import { defineAttribution } from "./method.ts";

interface Moments {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/**
 * SmoothGrad: the mean of ∂y/∂(x + ε) over noisy pictures, ε ~ N(0, (σ·(max x − min x))²); or the mean of its squares, or its variance.
 * Smilkov et al., 2017, https://arxiv.org/abs/1706.03825; squares: Hooker et al., https://arxiv.org/abs/1806.10758; variance:
 * Adebayo et al., https://arxiv.org/abs/1810.03307
 */
export const smoothGrad = defineAttribution({
  name: "smooth-grad",
  options: {
    samples: { default: 25, min: 1, max: 1000, integer: true, about: "noisy pictures" },
    sigma: { default: 0.15, min: 0, about: "standard deviation of the noise, as a share of the range of the input" },
    statistic: { default: "mean", choices: ["mean", "square", "variance"], about: "what is made of the gradients" },
  },
  async attribution(probe, { samples, sigma, statistic }) {
    const { data } = probe.input;
    const [low, high] = data.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity] as [
      number,
      number,
    ]);
    const series = {
      name: "noisy pictures",
      count: samples,
      write: (index: number, into: Float32Array) => {
        const { normal } = probe.random(index);
        for (let i = 0; i < into.length; i++) into[i] = data[i]! + sigma * (high - low) * normal();
      },
    };
    const { first, second } = await probe.fold<Moments>(series, {
      begin: () => ({ first: new Float64Array(data.length), second: new Float64Array(data.length) }),
      step({ first: sums, second: squares }, { gradient }) {
        gradient.forEach((g, i) => {
          sums[i]! += g;
          squares[i]! += g * g;
        });
      },
    });
    return data.map((_, i) => {
      const mean = first[i]! / samples;
      if (statistic === "mean") return mean;
      const square = second[i]! / samples;
      return statistic === "square" ? square : square - mean * mean;
    });
  },
  reduce: "sum-of-absolutes",
});
