/** By method: what it is compared with. The identities that hold between methods are in identities.test.ts. */
import type { ExplainOptions } from "../../src/node.ts";
import type { MethodName } from "../../src/methods.ts";
import type { Table } from "./laboratory.ts";

/** Arrays of a golden table. Relative L2 distances; tolerances below are those of the data's README unless stated. */
export interface Parity {
  readonly table: Table;
  /** In the table. */
  readonly method: string;
  /** "paper": the published formula. */
  readonly source: "paper" | "pytorch-grad-cam" | "torchcam" | "captum";
  readonly options?: ExplainOptions;
  /** At the last layer, and of pixels. */
  readonly tolerance: number;
  /** At earlier layers and of pixels, for the picture "cat", one of whose ReLU6 gates differs between f32 and f64 … */
  readonly jump?: number;
  /** … and at earlier layers for the others. */
  readonly below?: number;
  /** The table's map is ours divided by the score: the paper's Ablation-CAM. */
  readonly dividedByScore?: true;
}

export interface MethodCase {
  readonly parity: readonly Parity[];
  /** Why there is no table to compare with, and which test stands in for it. */
  readonly instead?: string;
}

const LINEAR = { tolerance: 1e-5, jump: 2e-2, below: 1e-4 } as const;
/** What is made of activations alone passes backwards through no gate. */
const FORWARD = { jump: 1e-5, below: 1e-5 } as const;
const cam = (method: string, more: Partial<Parity> = {}): Parity => ({
  table: "cam",
  method,
  source: "paper",
  ...LINEAR,
  ...more,
});
const compat = (source: "pytorch-grad-cam" | "torchcam", method: string, more: Partial<Parity> = {}): Parity =>
  cam(method, { source, options: { compat: source }, ...more });
const input = (method: string, more: Partial<Parity> = {}): Parity => ({
  table: "input",
  method,
  source: "captum",
  tolerance: 1e-5,
  ...more,
});

export const cases: Readonly<Record<MethodName, MethodCase>> = {
  "grad-cam": {
    parity: [
      cam("GradCAM"),
      compat("pytorch-grad-cam", "GradCAM"),
      // torchcam stores the positive part; of one map of "cat" that is almost nothing.
      compat("torchcam", "GradCAM", { jump: 0.1 }),
    ],
  },
  "grad-cam++": {
    parity: [
      cam("GradCAMPlusPlus"),
      compat("pytorch-grad-cam", "GradCAMPlusPlus"),
      compat("torchcam", "GradCAMPlusPlus"),
    ],
  },
  hirescam: { parity: [cam("HiResCAM"), compat("pytorch-grad-cam", "HiResCAM")] },
  "grad-cam-elementwise": {
    parity: [cam("GradCAMElementWise"), compat("pytorch-grad-cam", "GradCAMElementWise")],
  },
  "xgrad-cam": {
    parity: [cam("XGradCAM"), compat("pytorch-grad-cam", "XGradCAM"), compat("torchcam", "XGradCAM")],
  },
  "layer-cam": {
    parity: [cam("LayerCAM"), compat("pytorch-grad-cam", "LayerCAM"), compat("torchcam", "LayerCAM")],
  },
  "eigen-cam": { parity: [cam("EigenCAM", FORWARD)] },
  "eigen-grad-cam": { parity: [cam("EigenGradCAM")] },
  "kpca-cam": { parity: [cam("KPCA_CAM", FORWARD), compat("pytorch-grad-cam", "KPCA_CAM", FORWARD)] },
  fem: { parity: [cam("FEM", FORWARD)] },
  "score-cam": {
    parity: [
      cam("ScoreCAM", { table: "scores", ...FORWARD }),
      compat("pytorch-grad-cam", "ScoreCAM", { table: "scores", ...FORWARD }),
      compat("torchcam", "ScoreCAM", { table: "scores", ...FORWARD }),
    ],
  },
  "ss-cam": { parity: [], instead: "with torchcam's noise: noise.test.ts; an f64 twin: other-pictures.test.ts" },
  "is-cam": { parity: [], instead: "torchcam's: noise.test.ts; an f64 twin: other-pictures.test.ts" },
  "ablation-cam": {
    parity: [cam("AblationCAM", { table: "scores", tolerance: 1e-4, jump: 1e-4, dividedByScore: true })],
  },
  "smooth-grad-cam++": { parity: [], instead: "smooth-grad-cam++ with torchcam's noise: noise.test.ts" },
  "finer-cam": {
    parity: [cam("FinerCAM"), compat("pytorch-grad-cam", "FinerCAM"), compat("torchcam", "FinerCAM")],
  },
  "shapley-cam": {
    parity: [cam("ShapleyCAM-logit"), cam("ShapleyCAM-rest", { options: { score: "rest" } })],
  },
  "refine-cam": { parity: [], instead: "the product of Grad-CAM++ maps: other-pictures.test.ts" },
  counterfactual: { parity: [], instead: "minus Grad-CAM: identities.test.ts" },
  cam: { parity: [], instead: "Grad-CAM times positions: identities.test.ts" },
  "random-cam": { parity: [], instead: "reproducible and different by seed: modes.test.ts" },
  saliency: { parity: [input("Saliency", { jump: 1e-3 })] },
  "input-x-gradient": { parity: [input("InputXGradient", { jump: 1e-3 })] },
  "smooth-grad": { parity: [], instead: "saliency where the noise is 0: identities.test.ts" },
  // Of 50 pictures on the way from black some have a gate that differs.
  "integrated-gradients": { parity: [input("IntegratedGradients", { tolerance: 1e-3 })] },
  "blur-ig": { parity: [], instead: "an f64 twin and its sum: other-pictures.test.ts" },
  rise: { parity: [], instead: "an f64 twin: other-pictures.test.ts" },
  "guided-backprop": { parity: [input("GuidedBackprop"), input("GuidedBackprop", { source: "paper" })] },
  deconvnet: { parity: [input("Deconvolution"), input("Deconvolution", { source: "paper" })] },
  "guided-grad-cam": { parity: [input("GuidedGradCam-bilinear")] },
  "full-grad": { parity: [cam("FullGrad", { jump: 1e-4 })] },
  occlusion: {
    parity: [
      input("Occlusion", { tolerance: 1e-4, options: { patch: 32, stride: 32 } }),
      input("Occlusion", { tolerance: 1e-4, options: { patch: 64, stride: 32 } }),
    ],
  },
};
