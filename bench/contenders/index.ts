/** Every engine, by the name that tables use. Adding one = one file + one line here. */
import type { Contender } from "./contender.ts";
import { gradcamWasm } from "./gradcam-wasm.ts";
import { onnxruntimeNode } from "./onnxruntime-node.ts";

export const contenders = {
  "gradcam-wasm": gradcamWasm,
  "onnxruntime-node": onnxruntimeNode,
} as const satisfies Record<string, Contender>;

export type ContenderName = keyof typeof contenders;
