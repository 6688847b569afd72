/** How kinds of work are called in tables. */
import type { Work } from "../contenders/contender.ts";

const TITLES: Readonly<Record<Work, string>> = {
  forward: "forward",
  "grad-cam": "Grad-CAM",
  "ten-classes": "raw maps of ten classes",
  "all-classes": "raw maps of all classes",
  "input-gradient": "input gradient",
  "weight-gradients": "weight gradients",
  "train-step": "training step",
};

export const titleOfWork = (work: Work): string => TITLES[work];
