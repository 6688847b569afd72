/** What a report's page is given: plain JSON, small enough that twenty pictures fit into one file. */
import type { Explanation } from "../explanation.ts";

/** A map at its own resolution or, if that is a picture's, averaged; the page enlarges it. Base64 of little-endian f32, or of bytes from `low` to `high`. */
export interface PackedMap {
  readonly width: number;
  readonly height: number;
  readonly encoding: "f32" | "u8";
  readonly low: number;
  readonly high: number;
  readonly data: string;
  /** Size of the raw map where values are means over equal cells of it. */
  readonly of?: { readonly width: number; readonly height: number };
}

/** Numbers of one length. */
interface Points<List = ArrayLike<number>> {
  readonly x: List;
  readonly y: List;
}

/** A number about an explanation, with the curve it was made of where there is one. `reportMetric` makes it of what `evaluate` found. */
export interface ReportMetric<List = ArrayLike<number>> {
  readonly name: string;
  readonly value: number;
  /** Which values are good. */
  readonly better?: "higher" | "lower";
  /** What maps get that know nothing. */
  readonly random?: number;
  /** Drawn over the area below it. */
  readonly curve?: Points<List>;
  /** What the curve is called where there are others beside it. */
  readonly curveName?: string;
  /** Drawn as lines, with their names. */
  readonly others?: readonly ({ readonly name: string } & Points<List>)[];
}

export type PageMetric = ReportMetric<readonly number[]>;

interface PageWarning {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** What the code means, in a sentence or two. */
  readonly meaning: string;
}

export interface PageMap extends Pick<Explanation, "sign" | "score"> {
  /** With what else tells it apart: "grad-cam (signed)". */
  readonly method: string;
  readonly layer: string;
  readonly target: Omit<Explanation["target"], "against">;
  readonly raw: PackedMap;
  /** Values are parts of the score, which they add up to wherever the network behind the layer is linear. */
  readonly additive: boolean;
  readonly warnings: readonly PageWarning[];
  readonly metrics?: readonly PageMetric[];
  /** How it was made, as name and value. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

export interface PagePicture {
  readonly name: string;
  /** What looked at it. */
  readonly model: string;
  readonly width: number;
  readonly height: number;
  /** A data: URL; undefined where no picture was given. */
  readonly source?: string;
  /** Where the maps lie on the picture, in parts of its width and height: beyond 0 … 1 with bars, inside with a crop. */
  readonly window: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly predictions: Explanation["predictions"];
  readonly maps: readonly PageMap[];
}

export interface PageData {
  readonly title: string;
  /** What was asked, in one line. */
  readonly subtitle: string;
  readonly version: string;
  /** 256 × 3 bytes each, base64; the first is shown first. */
  readonly colormaps: Readonly<Record<string, string>>;
  readonly pictures: readonly PagePicture[];
}
