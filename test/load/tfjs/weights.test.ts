/** Manifests of weights without a network: the network comes from the user. */
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../src/node.ts";
import { elements } from "../../../src/shape.ts";
import { goldenBytes, goldenJson, relativeMax } from "../../support/golden.ts";
import { type Folder, folderSource } from "../../support/folder-source.ts";

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
}

interface ModelFile {
  readonly modelTopology: { readonly model_config: object };
  readonly weightsManifest: readonly [{ readonly paths: readonly [string]; readonly weights: readonly Weight[] }];
}

interface Tensors {
  readonly shape: number[];
  readonly values: number[];
}

const NAME = "layers_small_uint8";
const { modelTopology, weightsManifest } = goldenJson<ModelFile>(`tfjs/${NAME}/model.json`);
const { model_config: architecture } = modelTopology;
const [{ paths, weights: stored }] = weightsManifest;
const golden = goldenJson<{ inputs: Tensors[]; outputs: Tensors[]; tolerance: number }>(`tfjs/${NAME}/expected.json`);

/** Every weight with its bytes, one for each number. */
let begin = 0;
const pieces = stored.map((weight) => {
  const bytes = goldenBytes(`tfjs/${NAME}/${paths[0]}`).slice(begin, begin + elements(weight.shape));
  begin += bytes.length;
  return { weight, bytes };
});
type Pieces = typeof pieces;

/** As the layers stand in the architecture; converters write them in the order of their names. */
const LAYERS = ["c1", "c2", "b2", "dw", "c3", "d1", "d2"];
const layerOf = ({ weight }: Pieces[0]): number => LAYERS.indexOf(weight.name.split("/")[0]!);
const inOrder = [...pieces].sort((a, b) => layerOf(a) - layerOf(b));
const nameless = (list: Pieces): Pieces =>
  list.map(({ weight, bytes }, i) => ({ weight: { ...weight, name: `w${i}` }, bytes }));

const manifestOf = (list: Pieces): object => [{ paths, weights: list.map(({ weight }) => weight) }];

function load(list: Pieces, json: object, options: { architecture?: string | object } = { architecture }) {
  const folder: Folder = {
    "weights_manifest.json": JSON.stringify(json),
    [paths[0]]: new Uint8Array(Buffer.concat(list.map(({ bytes }) => bytes))),
  };
  return loadModel(folderSource(folder, "weights_manifest.json"), { ...options, engine: { exact: true } });
}

/** How far the answer is from what it should be, relative to its largest number. */
async function error(loading: ReturnType<typeof load>): Promise<number> {
  const model = await loading;
  const [{ shape, values }] = golden.inputs as [Tensors];
  const outputs = await model.run({ shape, data: Float32Array.from(values) });
  model.dispose();
  return relativeMax(Object.values(outputs)[0]!.data, golden.outputs[0]!.values);
}

describe("a manifest of weights alone", () => {
  it.each<[string, Pieces, object, string | object]>([
    ["a bare list, with the architecture as an object", pieces, weightsManifest, architecture],
    ["a model.json without topology, with text", pieces, { weightsManifest }, JSON.stringify(architecture)],
    ["one with another topology", pieces, { weightsManifest, modelTopology: { class_name: "Other" } }, architecture],
    [
      "names of another program, in the order of the layers",
      nameless(inOrder),
      manifestOf(nameless(inOrder)),
      architecture,
    ],
  ])("loads under a given architecture: %s", async (_, list, json, given) => {
    expect(await error(load(list, json, { architecture: given }))).toBeLessThan(golden.tolerance);
  });

  it("says which weights it has none for, where others have names of the architecture", async () => {
    const [first, ...rest] = pieces as [Pieces[0], ...Pieces];
    const list = [{ ...first, weight: { ...first.weight, name: "other" } }, ...rest];
    await expect(load(list, manifestOf(list))).rejects.toMatchObject({
      code: "E_WEIGHT_MISSING",
      got: "none for b2/gamma",
    });
  });

  it("compares shapes where weights are taken in order, and takes none where there are too few", async () => {
    const list = nameless(pieces);
    await expect(load(list, manifestOf(list))).rejects.toMatchObject({ code: "E_SHAPE_MISMATCH" });
    const few = nameless(inOrder.slice(1));
    await expect(load(few, manifestOf(few))).rejects.toMatchObject({ code: "E_WEIGHT_MISSING" });
  });

  it("is looked for in the zoo without an architecture", async () => {
    await expect(load(pieces, weightsManifest, {})).rejects.toMatchObject({
      code: "E_OPTION",
      hint: expect.stringContaining("its Keras JSON") as string,
    });
  });
});
