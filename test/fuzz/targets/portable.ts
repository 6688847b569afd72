/** The network in the header of our own portable files, as text: the first byte chooses the tensors that it is given with. */
import { resolvePreprocess } from "../../../src/image/presets.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { writePortable } from "../../../src/load/portable/write.ts";
import { bytesSource, type RandomAccessSource } from "../../../src/load/source.ts";
import { folderSource } from "../../support/folder-source.ts";
import { safetensors as file } from "../../support/safetensors.ts";
import { golden, type Target, use } from "./target.ts";

const KEY = "gradcam.graph";
const TFJS = "tfjs/graph_tiny_f32";
const SHARD = "group1-shard1of1.bin";

interface Parts {
  readonly header: { readonly __metadata__: Readonly<Record<string, string>> };
  readonly data: Uint8Array;
}

const sources = (): RandomAccessSource[] => [
  bytesSource(golden("onnx/vgg.onnx"), "vgg.onnx"),
  bytesSource(golden("onnx/shuffle.onnx"), "shuffle.onnx"),
  folderSource({ "model.json": golden(`${TFJS}/model.json`), [SHARD]: golden(`${TFJS}/${SHARD}`) }, "model.json"),
];

async function partsOf(source: RandomAccessSource): Promise<Parts> {
  const { graph } = await loadGraph(source);
  const chunks: Uint8Array[] = [];
  const preprocess = resolvePreprocess("torch", { size: [64, 64] });
  for await (const chunk of writePortable(graph, { weights: "int8", preprocess }).chunks) chunks.push(chunk);
  const bytes = new Uint8Array(Buffer.concat(chunks));
  const end = 8 + new DataView(bytes.buffer).getUint32(0, true);
  return {
    header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))) as Parts["header"],
    data: bytes.subarray(end),
  };
}

const models = Promise.all(sources().map(partsOf));

export const portable: Target = {
  seeds: async () => (await models).map(({ header }, i) => Uint8Array.of(i, ...Buffer.from(header.__metadata__[KEY]!))),
  async read(bytes) {
    const all = await models;
    const { header, data } = all[(bytes[0] ?? 0) % all.length]!;
    const text = new TextDecoder().decode(bytes.subarray(1));
    const forged = { ...header, __metadata__: { ...header.__metadata__, [KEY]: text } };
    await use(await loadGraph(bytesSource(file(forged, data), "model.safetensors")));
  },
};
