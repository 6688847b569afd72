/**
 * What this package promises about its speed, as data: every line is measured, and printed with its verdict.
 * A limit must be met; a goal is what we aim at. Ratios are medians over interleaved rounds with equal threads.
 */
import type { Work } from "./contenders/contender.ts";
import type { EntrantName } from "./contenders/entrants.ts";

/** One engine's work in a race: of several ways to run it, the fastest. */
export interface Side {
  readonly who: readonly EntrantName[];
  readonly work: Work;
  /** Default: those of the race. */
  readonly threads?: number;
}

/** `above` / `below` in the race of that case. */
export interface RatioOf {
  readonly case: string;
  readonly threads: number;
  readonly above: Side;
  readonly below: Side;
}

/** A number by its name. */
export interface ValueOf {
  readonly case: string;
  readonly value: string;
}

export interface Bar {
  readonly title: string;
  readonly of: RatioOf | ValueOf;
  readonly sense: "≤" | "≥";
  readonly limit: number;
  readonly goal?: number;
}

const RELAXED: readonly EntrantName[] = ["gradcam-wasm"];
const TURBO: readonly EntrantName[] = ["gradcam-wasm turbo, Node 24", "gradcam-wasm turbo, Node 26"];
const ORT: readonly EntrantName[] = ["onnxruntime-node"];
const ORT_WEB: readonly EntrantName[] = ["onnxruntime-web"];
const TFJS_NODE: readonly EntrantName[] = ["tfjs-node", "tfjs-node oneDNN"];
const TFJS_WASM: readonly EntrantName[] = ["tfjs-wasm"];
const MNN: readonly EntrantName[] = ["mnn"];
const PYTORCH: readonly EntrantName[] = ["pytorch"];

/** The time of `above` over that of `below`, at the same work. */
const race = (
  network: string,
  work: Work,
  threads: number,
  above: readonly EntrantName[],
  below: readonly EntrantName[],
): RatioOf => ({ case: network, threads, above: { who: above, work }, below: { who: below, work } });

/** Our `work` over our own forward pass. */
const overForward = (network: string, work: Work): RatioOf => ({
  case: network,
  threads: 1,
  above: { who: RELAXED, work },
  below: { who: RELAXED, work: "forward" },
});

/** How many times faster two threads are than one. */
const scaling = (network: string): RatioOf => ({
  case: network,
  threads: 2,
  above: { who: RELAXED, work: "forward", threads: 1 },
  below: { who: RELAXED, work: "forward" },
});

/** The raw maps of all classes over Grad-CAM of one: maps as large as the picture are made when they are read, and not counted. */
const allClasses = (network: string): RatioOf => ({
  case: network,
  threads: 1,
  above: { who: RELAXED, work: "all-classes" },
  below: { who: RELAXED, work: "grad-cam" },
});

const bar = (title: string, of: RatioOf | ValueOf, sense: Bar["sense"], limit: number, goal?: number): Bar => ({
  title,
  of,
  sense,
  limit,
  ...(goal !== undefined && { goal }),
});

const VGG16 = "vgg16";
const RESNET50 = "resnet50";
const MOBILENET_V2 = "mobilenet-v2";
const LITE0 = "efficientnet-lite0";

// prettier-ignore
export const BARS: readonly Bar[] = [
  bar("register tile / 128-bit FMA peak, relaxed", { case: "tile", value: "relaxed" }, "≥", 0.9),
  bar("VGG16 forward, relaxed / onnxruntime-node, 1 thread", race(VGG16, "forward", 1, RELAXED, ORT), "≤", 0.66, 0.58),
  bar("VGG16 forward, relaxed / onnxruntime-node, 2 threads", race(VGG16, "forward", 2, RELAXED, ORT), "≤", 0.72, 0.6),
  bar("VGG16 forward, turbo / onnxruntime-node, 1 thread", race(VGG16, "forward", 1, TURBO, ORT), "≤", 0.43, 0.36),
  bar("VGG16 forward, turbo / onnxruntime-node, 2 threads", race(VGG16, "forward", 2, TURBO, ORT), "≤", 0.46, 0.38),
  bar("VGG16 forward, relaxed / MNN", race(VGG16, "forward", 1, RELAXED, MNN), "≤", 1.65, 1.4),
  bar("VGG16 forward, turbo / MNN", race(VGG16, "forward", 1, TURBO, MNN), "≤", 1.05, 0.9),
  bar("VGG16 forward, relaxed / tfjs-node, 1 thread", race(VGG16, "forward", 1, RELAXED, TFJS_NODE), "≤", 0.5, 0.42),
  bar("VGG16 forward, relaxed / tfjs-node, 2 threads", race(VGG16, "forward", 2, RELAXED, TFJS_NODE), "≤", 0.53, 0.45),
  bar("MobileNetV2 forward, relaxed / tfjs-node", race(MOBILENET_V2, "forward", 1, RELAXED, TFJS_NODE), "≤", 0.55),
  bar("ResNet50 forward, relaxed / tfjs-node", race(RESNET50, "forward", 1, RELAXED, TFJS_NODE), "≤", 1),
  bar("VGG16 forward, onnxruntime-web / relaxed", race(VGG16, "forward", 1, ORT_WEB, RELAXED), "≥", 8),
  bar("VGG16 forward, tfjs-wasm / relaxed", race(VGG16, "forward", 1, TFJS_WASM, RELAXED), "≥", 5),
  bar("ResNet50 forward, relaxed / onnxruntime-node", race(RESNET50, "forward", 1, RELAXED, ORT), "≤", 1.65, 1.4),
  bar("ResNet50 forward, turbo / onnxruntime-node", race(RESNET50, "forward", 1, TURBO, ORT), "≤", 0.95, 0.8),
  bar("MobileNetV2 forward, relaxed / onnxruntime-node", race(MOBILENET_V2, "forward", 1, RELAXED, ORT), "≤", 1.7, 1.4),
  bar("MobileNetV2 forward, turbo / onnxruntime-node", race(MOBILENET_V2, "forward", 1, TURBO, ORT), "≤", 1.05, 0.85),
  bar("EfficientNet-Lite0 forward, relaxed / onnxruntime-node", race(LITE0, "forward", 1, RELAXED, ORT), "≤", 1.7, 1.4),
  bar("EfficientNet-Lite0 forward, turbo / onnxruntime-node", race(LITE0, "forward", 1, TURBO, ORT), "≤", 1.05, 0.85),
  bar("MobileNetV2 forward, relaxed / onnxruntime-web", race(MOBILENET_V2, "forward", 1, RELAXED, ORT_WEB), "≤", 0.3),
  bar("EfficientNet-Lite0 forward, relaxed / onnxruntime-web", race(LITE0, "forward", 1, RELAXED, ORT_WEB), "≤", 0.3),
  bar("VGG16 Grad-CAM / own forward", overForward(VGG16, "grad-cam"), "≤", 1.12, 1.08),
  bar("VGG16 Grad-CAM, relaxed / PyTorch", race(VGG16, "grad-cam", 1, RELAXED, PYTORCH), "≤", 0.58, 0.5),
  bar("VGG16 Grad-CAM, relaxed / tfjs-node", race(VGG16, "grad-cam", 1, RELAXED, TFJS_NODE), "≤", 0.53, 0.45),
  bar("EfficientNet-Lite0 Grad-CAM / own forward", overForward(LITE0, "grad-cam"), "≤", 1.03),
  bar("EfficientNet-Lite0, raw maps of all 1000 classes / Grad-CAM of one", allClasses(LITE0), "≤", 2),
  bar("VGG16 input gradient, relaxed / PyTorch", race(VGG16, "input-gradient", 1, RELAXED, PYTORCH), "≤", 0.62, 0.52),
  bar("VGG16 input gradient, relaxed / tfjs-node", race(VGG16, "input-gradient", 1, RELAXED, TFJS_NODE), "≤", 0.5, 0.42),
  bar("MobileNetV2 input gradient, relaxed / PyTorch", race(MOBILENET_V2, "input-gradient", 1, RELAXED, PYTORCH), "≤", 0.7),
  bar("weight gradients of conv3_2, relaxed / PyTorch", race("conv3-2", "weight-gradients", 1, RELAXED, PYTORCH), "≤", 1.2),
  bar("VGG16 forward, 1 thread / 2 threads", scaling(VGG16), "≥", 1.75),
  bar("EfficientNet-Lite0 forward, 1 thread / 2 threads", scaling(LITE0), "≥", 1.6),
  bar("peak RSS after loading VGG16 / its file", { case: "memory", value: "load" }, "≤", 1.35),
  bar("peak RSS of explaining with VGG16 / its weights", { case: "memory", value: "explain" }, "≤", 1.65),
  bar("the same, exact", { case: "memory", value: "explain, exact" }, "≤", 1.2),
  bar("core, gzipped: JavaScript and both builds", { case: "size", value: "core" }, "≤", 170),
  bar("import → first heatmap of the embedded model", { case: "cold-start", value: "total" }, "≤", 300),
];
