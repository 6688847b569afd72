/**
 * How a picture is made that a filter answers strongly: gradient ascent from noise, by the book, or with what makes pictures
 * look natural. Numbers are those of the sources, whose networks take inputs that are `span` wide; others are scaled to that.
 */
export interface FilterRecipe {
  readonly steps: number;
  /** Of each step, times the normalised gradient. */
  readonly rate: number;
  /** By the root of the mean or of the sum of the gradient's squares. */
  readonly normalize: "rms" | "l2";
  /** Uniform noise that the ascent begins with. */
  readonly start: readonly [low: number, high: number];
  /** Width of the network's input range in the units of `start` and `rate`. */
  readonly span: number;
  /** Where 0 of these units lies: at the network's 0, as the books feed it, or at black. */
  readonly origin: "zero" | "black";
  /** Positions at the border of the layer that do not count. */
  readonly border: number;
  /** Pixels at the border of the picture that are cut off: padding makes edges of its own. */
  readonly crop: number;
  /** Deviations of the finished picture as bytes: (x − mean) / std·contrast + middle. */
  readonly contrast: number;
  readonly middle: number;
  /** Pixels by which the picture is rolled at random before each step. */
  readonly jitter: number;
  /** Share of the way from each pixel to the mean of its neighbours at each step: descent of the quadratic total variation. */
  readonly totalVariation: number;
}

/** The recipes that `filterImage` knows by name. */
export const FILTER_RECIPES = {
  /** F. Chollet, Deep Learning with Python, first edition, 5.4.2 (VGG16, 0 … 255): 40 steps of the gradient over its RMS. */
  "chollet-1": {
    ...{ steps: 40, rate: 1, normalize: "rms", start: [128, 148], span: 255, origin: "zero" },
    ...{ border: 0, crop: 0, contrast: 25.5, middle: 127.5, jitter: 0, totalVariation: 0 },
  },
  /** Second edition, chapter 9 (Xception, −1 … 1): 30 steps of 10 times the gradient over its length; borders left out. */
  "chollet-2": {
    ...{ steps: 30, rate: 10, normalize: "l2", start: [0.4, 0.6], span: 2, origin: "zero" },
    ...{ border: 2, crop: 25, contrast: 64, middle: 128, jitter: 0, totalVariation: 0 },
  },
  /** From gray, with random shifts and smoothing: after Mordvintsev et al., Inceptionism, 2015, and Olah et al., Feature Visualization, 2017. */
  natural: {
    ...{ steps: 128, rate: 3, normalize: "l2", start: [0.45, 0.55], span: 1, origin: "black" },
    ...{ border: 0, crop: 0, contrast: 50, middle: 128, jitter: 8, totalVariation: 0.1 },
  },
} as const satisfies Record<string, FilterRecipe>;

/** Name of a recipe. */
export type FilterRecipeName = keyof typeof FILTER_RECIPES;
