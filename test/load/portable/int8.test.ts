/** What int8 weights do to networks: to their maps, and nothing more when they are held as int8 too. */
import { describe, expect, it } from "vitest";
import { preprocess } from "../../../src/image/preprocess.ts";
import { type PresetName, resolvePreprocess } from "../../../src/image/presets.ts";
import { spearman } from "../../../src/metrics/correlation.ts";
import { createModel, explain, loadModel } from "../../../src/node.ts";
import { architectures } from "../../../src/zoo/index.ts";
import { Net } from "../../../src/zoo/net.ts";
import { goldenBytes, goldenJson } from "../../support/golden.ts";
import { logits, network, written } from "../../support/portable.ts";
import { type SyntheticTensor, syntheticWeights } from "../../support/synthetic-weights.ts";

/** Networks whose weights were made so that a photograph goes through them as through trained ones. */
const CALIBRATED = {
  mobilenetv2: "mobilenet-v2",
  mobilenetv3small: "mobilenet-v3-small",
  resnet50v2: "resnet50-v2",
  densenet121: "densenet121",
  inceptionv3: "inception-v3",
  xception: "xception",
} as const;

describe.each(Object.entries(CALIBRATED))("%s in int8", (file, name) => {
  it("gives nearly the same map of a photograph", { timeout: 60_000 }, async () => {
    interface Golden {
      auto_layer: string;
      classes: { top1: number };
      input: { preprocess: PresetName };
      tensors: SyntheticTensor[];
    }
    const golden = goldenJson<Golden>(`keras/models/${file}.json`);
    const net = new Net(name, "test", syntheticWeights(golden.tensors));
    const options = { size: [224, 224], classes: 1000, alpha: 1, flavour: "keras" } as const;
    const graph = net.finish(architectures[name].build(net, options));
    const spec = resolvePreprocess(golden.input.preprocess);
    const data = new Uint8ClampedArray(goldenBytes("keras/models/chelsea_224x224x3.u8"));
    const photograph = preprocess({ data, width: 224, height: 224, channels: 3 }, spec);
    const before = await createModel(graph, { preprocess: spec });
    const after = await loadModel(await written(graph, { weights: "int8", preprocess: spec }));
    const question = { target: golden.classes.top1, layer: golden.auto_layer };
    const maps = [await explain(before, photograph, question), await explain(after, photograph, question)];
    expect(spearman(maps[0]!.raw.data, maps[1]!.raw.data)).toBeGreaterThanOrEqual(0.995);
    before.dispose();
    after.dispose();
  });
});

it("an int8 file held as int8 has the very numbers of the file", async () => {
  const graph = network("resnet18");
  const file = await written(graph, { weights: "int8" });
  const wide = await loadModel(file, { engine: { exact: true } });
  const narrow = await loadModel(file, { weights: "int8", engine: { exact: true } });
  expect(await logits(narrow)).toEqual(await logits(wide));
  wide.dispose();
  narrow.dispose();
});
