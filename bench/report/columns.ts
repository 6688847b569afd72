/** The engines of the README's chart and of the tables at a glance: each in the faster of its settings. */
import type { EntrantName } from "../contenders/entrants.ts";

export interface Column {
  readonly title: string;
  readonly who: readonly EntrantName[];
  readonly ours: boolean;
}

export const COLUMNS: readonly Column[] = [
  { title: "gradcam-wasm", who: ["gradcam-wasm"], ours: true },
  { title: "gradcam-wasm, turbo", who: ["gradcam-wasm turbo, Node 24", "gradcam-wasm turbo, Node 26"], ours: true },
  { title: "onnxruntime-node", who: ["onnxruntime-node"], ours: false },
  { title: "tfjs-node", who: ["tfjs-node", "tfjs-node oneDNN"], ours: false },
  { title: "PyTorch", who: ["pytorch"], ours: false },
  { title: "OpenVINO", who: ["openvino"], ours: false },
  { title: "MNN", who: ["mnn"], ours: false },
  { title: "ncnn", who: ["ncnn"], ours: false },
  { title: "tfjs wasm", who: ["tfjs-wasm"], ours: false },
  { title: "onnxruntime-web", who: ["onnxruntime-web"], ours: false },
];
