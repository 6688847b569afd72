/** ONNX models of image networks, opset 7 to 22. Structure is read at once, weights when the engine asks for them. */
import type { GraphFile, OpenContext } from "../graph-file.ts";
import { guessPreprocess } from "../guess/preprocess.ts";
import type { RandomAccessSource } from "../source.ts";
import { ExternalFiles } from "./external.ts";
import { importGraph } from "./import.ts";
import { readOnnx } from "./model-proto.ts";
import { Wire } from "./wire.ts";

/** Throws E_PROTOBUF, E_TRUNCATED, E_OPSET, E_UNSUPPORTED_OP and whatever else is wrong with its tensors, nodes and inputs. */
export async function openOnnx(source: RandomAccessSource, context: OpenContext): Promise<GraphFile> {
  const external = new ExternalFiles(source);
  const close = async (): Promise<void> => {
    await external.close();
    await source.close();
  };
  try {
    const model = await readOnnx(source, context.limits);
    const graph = await importGraph(model, { wire: new Wire(source), external }, context);
    const metadata = Object.fromEntries([["producer", model.producer], ...model.metadata]);
    return { format: "onnx", graph, preprocess: await guessPreprocess(graph), metadata, close };
  } catch (error) {
    await external.close();
    throw error;
  }
}
