/** Packages and articles whose results are reproduced, defects included: docs/compat.md. */
export const COMPATS = ["chollet", "pytorch-grad-cam", "torchcam", "keras-io"] as const;
/** A package or an article whose results are reproduced. */
export type Compat = (typeof COMPATS)[number];
