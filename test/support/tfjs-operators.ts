/** The graphs of test/golden/tfjs/operators.json as the files that TensorFlow.js would have. */
import type { Folder } from "./folder-source.ts";
import { goldenJson } from "./golden.ts";

export interface OperatorCase {
  readonly title: string;
  /** The shape of x. */
  readonly input: number[];
  readonly nodes: readonly object[];
  readonly weights: readonly object[];
  /** Base64. */
  readonly bytes: string;
  readonly output: { readonly name: string; readonly shape: number[]; readonly values: number[] };
}

export const operatorCases = (): OperatorCase[] => goldenJson("tfjs/operators.json");

export const folderOf = ({ nodes, weights, bytes, output: { name } }: OperatorCase): Folder => ({
  "model.json": JSON.stringify({
    format: "graph-model",
    modelTopology: { node: nodes },
    signature: { outputs: { y: { name } } },
    weightsManifest: bytes === "" ? [] : [{ paths: ["weights.bin"], weights }],
  }),
  "weights.bin": Buffer.from(bytes, "base64"),
});
