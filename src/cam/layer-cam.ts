import { defineCam } from "./method.ts";

/**
 * LayerCAM: L = Σₖ max(0, ∂y/∂Aᵏ) ⊙ Aᵏ, each position with its own weight, so that early layers give fine maps.
 * Jiang et al., IEEE TIP 2021, eq. 6–7, https://doi.org/10.1109/TIP.2021.3089943
 */
export const layerCam = defineCam({
  name: "layer-cam",
  async volume({ activation, gradient }) {
    const g = await gradient;
    return activation.map((a, i) => Math.max(0, g[i]!) * a);
  },
});
