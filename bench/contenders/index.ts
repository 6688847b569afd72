/** Every engine that runs in Node. Adding one = one file + one line here, and an entrant in entrants.ts. */
import type { Contender } from "./contender.ts";
import { gradcamWasm } from "./gradcam-wasm.ts";
import { onnxruntimeNode } from "./onnxruntime-node.ts";

export const contenders: Readonly<Record<string, Contender>> = {
  "gradcam-wasm": gradcamWasm,
  "onnxruntime-node": onnxruntimeNode,
};
