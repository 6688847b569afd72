/** Small ONNX files for tests of damaged and forged ones. */
import { loadGraph, type LoadGraphOptions } from "../../../../src/load/index.ts";
import { bytesSource } from "../../../../src/load/source.ts";
import { codeOf } from "../../../support/error-code.ts";
import { floats, modelProto, type NodeParts } from "../../../support/onnx.ts";

export const load = async (bytes: Uint8Array, options: LoadGraphOptions = {}) => {
  const loaded = await loadGraph(bytesSource(bytes, "model.onnx"), { format: "onnx", ...options });
  await loaded.close();
  return loaded.graph;
};
export const codeFor = (bytes: Uint8Array, options?: LoadGraphOptions) => codeOf(() => load(bytes, options));

export const relu = (input: string, output: string): NodeParts => ({ op: "Relu", inputs: [input], outputs: [output] });
export const conv = (attributes: NodeParts["attributes"] = {}, kernel = [4, 3, 3, 3]) =>
  modelProto({
    nodes: [{ op: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes }],
    tensors: [floats("w", kernel, new Array<number>(kernel.reduce((a, b) => a * b)).fill(0.1))],
  });
