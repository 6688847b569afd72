/** efficientnet-lite-pytorch: the module names are the layer names; the weights come from TensorFlow, with its geometry. */
import { torchNaming } from "./torch.ts";

export const efficientnetPytorch = torchNaming({
  name: "efficientnet-lite-pytorch",
  preprocess: "efficientnet-lite",
  flavour: "keras",
  module: (layer) => layer,
});
