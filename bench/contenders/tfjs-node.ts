/** TensorFlow.js over the native TensorFlow library, which `npm run bench:setup` builds: with and without oneDNN by `env`. */
import type { Contender } from "./contender.ts";
import { installed } from "./installed.ts";
import { tensorflowEngine } from "./tensorflow/engine.ts";
import type { Tf } from "./tensorflow/tf.ts";

export const tfjsNode: Contender = {
  load(network, data, { threads }) {
    process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
    process.env["TF_NUM_INTEROP_THREADS"] = "1";
    process.env["TF_CPP_MIN_LOG_LEVEL"] = "2";
    const tf = installed("@tensorflow/tfjs-node") as Tf & { readonly version: Readonly<Record<string, string>> };
    const oneDnn = process.env["TF_ENABLE_ONEDNN_OPTS"] === "1";
    const description = { version: tf.version["tfjs-node"] ?? "4.22.0", threads, oneDnn, mode: "eager" };
    return tensorflowEngine(tf, network, data, { description });
  },
};
