/**
 * What a metric is: a short function of one explanation on trial, which is a picture, its map, and a network that can be asked
 * about other pictures. It never sees the network itself.
 */
import type { Planes, Series } from "../cam/method.ts";
import type { Compat } from "../cam/compat.ts";
import type { NoOptions, OptionSpecs, ValuesOf } from "../cam/option.ts";
import type { Map2D, Rect } from "../image/image.ts";
import type { Random } from "../random.ts";

/** The same network with its layers redrawn one after the other, from the scores towards the input. */
export interface Cascade {
  /** Names of the layers with weights, the one nearest to the scores first. */
  readonly layers: readonly string[];
  /** Redraws the first `count` of them, for good. */
  readonly redraw: (count: number) => Promise<void>;
  /** The map that the network in its present state gives, like `own`. */
  readonly map: () => Promise<Map2D>;
}

/** One explanation, seen from the class that it explains. */
export interface Trial {
  /** The picture as the network sees it. */
  readonly input: Planes;
  /** The map at the size of `input`: the larger, the more important. */
  readonly map: Map2D;
  /** The map at the size of the picture, and where the object is in it, in its pixels. */
  readonly placed: Map2D;
  readonly boxes: readonly Rect[];
  /** The probability of the class. */
  readonly probability: Promise<number>;
  /** … for other pictures, each as long as `input.data`: one forward pass a sample, batched. */
  readonly probabilities: (series: Series) => Promise<Float64Array>;
  /** The map that the method makes of `input`, at its size. */
  readonly own: Promise<Map2D>;
  /** … and of another picture. */
  readonly again: (picture: Float32Array) => Promise<Map2D>;
  /** Gives `work` a copy of the network whose weights may be redrawn; the network itself is not touched. */
  readonly cascade: <T>(work: (cascade: Cascade) => Promise<T>) => Promise<T>;
  /** Independent, reproducible streams of the call's seed. */
  readonly random: (stream: number) => Random;
}

/** y over x, both of one length. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What came out. */
export interface Measurement {
  readonly value: number;
  readonly curves?: Readonly<Record<string, Curve>>;
  /** What else there is to know, by name. */
  readonly facts?: Readonly<Record<string, number>>;
}

/** What is measured, and how. */
interface Recipe<Specs extends OptionSpecs> {
  measure(trial: Trial, options: ValuesOf<Specs>): Measurement | Promise<Measurement>;
}

export interface Metric<Specs extends OptionSpecs = OptionSpecs> extends Recipe<Specs> {
  readonly name: string;
  /** Which values are good. */
  readonly better: "higher" | "lower";
  /** It asks where the object is. */
  readonly needsBoxes?: true;
  readonly options?: Specs;
  /** How packages compute it where that differs. */
  readonly compat?: Readonly<Partial<Record<Compat, Recipe<Specs>>>>;
}

/** Gives a metric literal the types of its options. */
export const defineMetric = <const Specs extends OptionSpecs = NoOptions>(metric: Metric<Specs>): Metric<Specs> =>
  metric;
