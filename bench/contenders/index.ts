/** Every engine that runs in Node. Adding one = one file + one line here, and an entrant in entrants.ts. */
import type { Contender } from "./contender.ts";
import { gradcamWasm } from "./gradcam-wasm.ts";
import { jaxJs } from "./jax-js.ts";
import { onnxruntimeNode } from "./onnxruntime-node.ts";
import { onnxruntimeWeb } from "./onnxruntime-web.ts";
import { tfjsNode } from "./tfjs-node.ts";
import { tfjsWasm } from "./tfjs-wasm.ts";

export const contenders: Readonly<Record<string, Contender>> = {
  "gradcam-wasm": gradcamWasm,
  "jax-js": jaxJs,
  "onnxruntime-node": onnxruntimeNode,
  "onnxruntime-web": onnxruntimeWeb,
  "tfjs-node": tfjsNode,
  "tfjs-wasm": tfjsWasm,
};
