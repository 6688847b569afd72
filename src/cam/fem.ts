import { channelSums } from "./channel-sums.ts";
import { defineCam } from "./method.ts";

/**
 * FEM: the weight of a channel is the share of its positions above mean + k·standard deviation. Without gradients. In f64: with
 * a rounded mean a constant channel could exceed itself. Fuad et al., IPTA 2020, https://doi.org/10.1109/IPTA50016.2020.9286629
 */
export const fem = defineCam({
  name: "fem",
  classAgnostic: true,
  options: { deviations: { default: 2, min: 0, about: "standard deviations above the mean that count as rare" } },
  weights(probe, { deviations }) {
    const { activation, channels } = probe;
    const n = activation.length / channels;
    const means = channelSums(probe, (i) => activation[i]!).map((sum) => sum / n);
    const squares = channelSums(probe, (i) => (activation[i]! - means[i % channels]!) ** 2);
    const limits = means.map((mean, k) => mean + deviations * Math.sqrt(squares[k]! / n));
    const above = channelSums(probe, (i) => Number(activation[i]! > limits[i % channels]!));
    return Float32Array.from(above, (count) => count / n);
  },
});
