/** TensorFlow.js on WebAssembly (XNNPACK, SIMD): one thread, because in Node it has no more. */
import { sep } from "node:path";
import type { Contender, Engine } from "./contender.ts";
import { folderOf, installed } from "./installed.ts";
import { tensorflowEngine } from "./tensorflow/engine.ts";
import type { Tf } from "./tensorflow/tf.ts";

interface TfCore extends Tf {
  readonly version_core: string;
  setBackend(name: string): Promise<boolean>;
}
interface WasmBackend {
  setWasmPaths(prefix: string): void;
}

const POOL = "its max-pool gradient is wrong where a window's maximum is not above 0";
const CANNOT: Engine["cannot"] = {
  "grad-cam": POOL,
  "input-gradient": POOL,
  "weight-gradients": "it has no kernel for the gradient by a convolution's weights",
  "train-step": "it has no kernel for the gradient by a convolution's weights",
};

export const tfjsWasm: Contender = {
  async load(network, data) {
    const tf = installed("@tensorflow/tfjs-core") as TfCore;
    const backend = installed("@tensorflow/tfjs-backend-wasm") as WasmBackend;
    const folder = folderOf("@tensorflow/tfjs-backend-wasm");
    backend.setWasmPaths(`${folder}${sep}`);
    await tf.setBackend("wasm");
    const description = { version: tf.version_core, threads: 1, mode: "eager" };
    return tensorflowEngine(tf, network, data, { description, cannot: CANNOT });
  },
};
