/** Files whose names are the canonical ones already: the h5 loader has brought every age of Keras to them. */
import type { PresetName } from "../../image/presets.ts";
import type { Naming } from "./naming.ts";

export const kerasNaming = (preprocess: PresetName): Naming => ({
  name: "keras",
  layout: "keras",
  flavour: "keras",
  preprocess,
  tensor: (canonical) => canonical,
});
