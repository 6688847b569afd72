/** ONNX: golden models and, where they are installed, ONNX's own tests of operators with their inputs as stored weights. */
import { loadGraph } from "../../../src/load/index.ts";
import { DEFAULT_LIMITS } from "../../../src/load/limits.ts";
import { readOnnx } from "../../../src/load/onnx/model-proto.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { onnxCases, readCase, withInitializers } from "../../support/onnx.ts";
import { golden, type Target, use } from "./target.ts";

const MODELS = ["resnet-f16", "resnet-int8", "shuffle", "vgg", "resnet-external"];
/** Bytes. Of larger files most changes hit nothing but weights. */
const LARGEST = 4096;

export const onnx: Target = {
  async seeds() {
    const cases = onnxCases("node").map((name) => readCase("node", name));
    const whole = await Promise.all(cases.map(({ model, inputs }) => withWeights(model, inputs)));
    return [...MODELS.map((name) => golden(`onnx/${name}.onnx`)), ...whole.filter(({ length }) => length <= LARGEST)];
  },
  read: async (bytes) => use(await loadGraph(bytesSource(bytes, "model.onnx"), { format: "onnx" })),
};

/** All inputs but the first are known. */
async function withWeights(model: Uint8Array, inputs: readonly Uint8Array[]): Promise<Uint8Array> {
  const { inputs: declared } = await readOnnx(bytesSource(model), DEFAULT_LIMITS);
  return withInitializers(model, new Map(inputs.slice(1).map((tensor, i) => [declared[i + 1]!.name, tensor])));
}
