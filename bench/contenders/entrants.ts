/**
 * Who takes part: an engine, in one way of running it. Adding one = one line here. Its name is what tables show.
 * A host is the program its process runs; options are for the engine, `env` for what cannot be said otherwise.
 */
import type { Host } from "../hosts.ts";
import type { Setting } from "./contender.ts";

export interface Entrant {
  /** A key of contenders/index.ts, or the name of a file in contenders/python/. */
  readonly contender: string;
  readonly host: Host;
  readonly options: Setting["options"];
  readonly env: Readonly<Record<string, string>>;
  /** The largest ‖a − b‖ / ‖b‖ of its logits to ours, for an engine that rounds more than others; default: cases/agreement.ts. */
  readonly logitsWithin: number | undefined;
}

function entrant(contender: string, chosen: Partial<Entrant> = {}): Entrant {
  const { host = "node", options = {}, env = {}, logitsWithin } = chosen;
  return { contender, host, options, env, logitsWithin };
}

/** The Node that runs the benchmark, unless the name says another. */
export const entrants = {
  "gradcam-wasm": entrant("gradcam-wasm"),
  "gradcam-wasm simd": entrant("gradcam-wasm", { options: { build: "simd" } }),
  "gradcam-wasm exact": entrant("gradcam-wasm", { options: { exact: true } }),
  "gradcam-wasm, Node 22": entrant("gradcam-wasm", { host: "node-22" }),
  "gradcam-wasm, Node 24": entrant("gradcam-wasm", { host: "node-24" }),
  "gradcam-wasm, Node 26": entrant("gradcam-wasm", { host: "node-26" }),
  "gradcam-wasm turbo, Node 24": entrant("gradcam-wasm", { host: "node-24", options: { turbo: true } }),
  "gradcam-wasm turbo, Node 26": entrant("gradcam-wasm", { host: "node-26", options: { turbo: true } }),
  "onnxruntime-node": entrant("onnxruntime-node"),
  "onnxruntime-web": entrant("onnxruntime-web"),
  "tfjs-node": entrant("tfjs-node", { env: { TF_ENABLE_ONEDNN_OPTS: "0" } }),
  "tfjs-node oneDNN": entrant("tfjs-node", { env: { TF_ENABLE_ONEDNN_OPTS: "1" } }),
  "tfjs-wasm": entrant("tfjs-wasm"),
  "jax-js": entrant("jax-js"),
  pytorch: entrant("pytorch", { host: "python" }),
  openvino: entrant("openvino", { host: "python" }),
  // Its Winograd takes larger tiles: 1.4e-4 on VGG16, where all others stay below 4e-6.
  mnn: entrant("mnn", { host: "python", logitsWithin: 5e-4 }),
  ncnn: entrant("ncnn", { host: "python" }),
} as const satisfies Record<string, Entrant>;

export type EntrantName = keyof typeof entrants;
