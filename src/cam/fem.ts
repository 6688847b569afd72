import { defineCam } from "./method.ts";
import { channelDeviations } from "./volume.ts";

/**
 * FEM: the weight of a channel is the share of its positions above mean + k·standard deviation. Without gradients. In f64: with
 * a rounded mean a constant channel could exceed itself. Fuad et al., IPTA 2020, https://doi.org/10.1109/IPTA50016.2020.9286629
 */
export const fem = defineCam({
  name: "fem",
  classAgnostic: true,
  options: { deviations: { default: 2, min: 0, about: "standard deviations above the mean that count as rare" } },
  weights({ activation, channels }, { deviations }) {
    const n = activation.length / channels;
    const { means, squares } = channelDeviations(activation, channels);
    const limits = means.map((mean, k) => mean + deviations * Math.sqrt(squares[k]! / n));
    const shares = new Float32Array(channels);
    activation.forEach((a, i) => (shares[i % channels]! += Number(a > limits[i % channels]!)));
    return shares.map((count) => count / n);
  },
});
