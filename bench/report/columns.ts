/** The engines of the README's table: each in the faster of its settings. */
import type { EntrantName } from "../contenders/entrants.ts";

export interface Column {
  readonly title: string;
  readonly who: readonly EntrantName[];
}

export const COLUMNS: readonly Column[] = [
  { title: "gradcam-wasm", who: ["gradcam-wasm"] },
  { title: "gradcam-wasm, turbo", who: ["gradcam-wasm turbo, Node 24", "gradcam-wasm turbo, Node 26"] },
  { title: "onnxruntime-node", who: ["onnxruntime-node"] },
  { title: "tfjs-node", who: ["tfjs-node", "tfjs-node oneDNN"] },
  { title: "PyTorch", who: ["pytorch"] },
  { title: "OpenVINO", who: ["openvino"] },
  { title: "MNN", who: ["mnn"] },
  { title: "ncnn", who: ["ncnn"] },
  { title: "tfjs wasm", who: ["tfjs-wasm"] },
  { title: "onnxruntime-web", who: ["onnxruntime-web"] },
];
