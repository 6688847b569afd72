/** Zoo architectures with the synthetic weights of the golden data. */
import { createModel, type EngineOptions, type Model } from "../../src/node.ts";
import type { PresetName } from "../../src/image/presets.ts";
import type { ArchitectureName } from "../../src/zoo/architecture-names.ts";
import { architectures } from "../../src/zoo/index.ts";
import { Net } from "../../src/zoo/net.ts";
import { type SyntheticTensor, syntheticWeights } from "./synthetic-weights.ts";

/** Keras' geometry at 224×224 with 1000 classes. */
export function zooModel(
  name: ArchitectureName,
  tensors: readonly SyntheticTensor[],
  preprocess: PresetName,
  engine: EngineOptions,
): Promise<Model> {
  const net = new Net(name, "synthetic", syntheticWeights(tensors));
  const options = { size: [224, 224], classes: 1000, alpha: 1, flavour: "keras" } as const;
  return createModel(net.finish(architectures[name].build(net, options)), { preprocess, engine });
}
