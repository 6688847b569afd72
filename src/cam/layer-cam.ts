import { defineCam } from "./method.ts";
import { positive, product } from "./volume.ts";

/**
 * LayerCAM: L = Σₖ max(0, ∂y/∂Aᵏ) ⊙ Aᵏ, each position with its own weight, so that early layers give fine maps.
 * Jiang et al., IEEE TIP 2021, eq. 6–7, https://doi.org/10.1109/TIP.2021.3089943
 */
export const layerCam = defineCam({
  name: "layer-cam",
  volume: async ({ activation, gradient }) => product(positive(await gradient), activation),
});
