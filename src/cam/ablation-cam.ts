import { defineCam } from "./method.ts";
import { channelSums, product } from "./volume.ts";

/**
 * Ablation-CAM: αₖ = y − yₖ, yₖ the score with channel k of A set to 0; only the network behind the layer is run, and nothing
 * where the score is affine in A: there y − yₖ = ⟨∂y/∂Aᵏ, Aᵏ⟩. The paper divides by y, which turns the map over where y < 0.
 * Desai & Ramaswamy, WACV 2020, eq. 4–5, https://doi.org/10.1109/WACV45572.2020.9093360
 */
export const ablationCam = defineCam({
  name: "ablation-cam",
  async weights(probe) {
    const { activation, channels, score, affine } = probe;
    if (affine) return Float32Array.from(channelSums(product(await probe.gradient, activation), channels));
    const scores = await probe.head({
      name: "channels left out",
      count: channels,
      write: (channel, into) => {
        into.set(activation);
        for (let i = channel; i < into.length; i += channels) into[i] = 0;
      },
    });
    return Float32Array.from(scores, (without) => score - without);
  },
});
