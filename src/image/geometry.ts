/**
 * How a picture meets the input of a model: which part of it the model sees and at what scale, and the way back,
 * so that a map lands on the pixels that the model has looked at.
 */
import { GradCamError } from "../errors.ts";
import { checkMap, checkSize, type Map2D, type Rect } from "./image.ts";
import { resample } from "./resize-map.ts";
import { linear } from "./sampling.ts";

/** "squash": all of the picture, aspect not kept. "crop": the middle. "pad": all of the picture, bars around it. */
export type Fit = "squash" | "crop" | "pad";

export const FITS: readonly Fit[] = ["squash", "crop", "pad"];

export interface FitRule {
  /** Height and width of the model's input. */
  readonly size: readonly [height: number, width: number];
  readonly fit: Fit;
  /** With "crop": the short side is resized to this first (torchvision: 256 for an input of 224). Default: just enough to cover. */
  readonly shortSide?: number;
}

export interface Geometry {
  /** The whole picture is resized to this … */
  readonly resized: { readonly width: number; readonly height: number };
  /** … and the model's input begins here in it; negative where it begins outside. */
  readonly left: number;
  readonly top: number;
  /** The model's input in pixels of the picture; reaches beyond it with "pad". */
  readonly window: Rect;
}

/** Pixels along a side of a resized picture: what is cropped away is planned for too, some numbers for each pixel. */
const MAX_RESIZED = 2 ** 20;

/** Where the input of a model lies in a picture of width × height. Throws E_IMAGE_TOO_LARGE for a strip that no crop can be made of. */
export function inputGeometry(width: number, height: number, rule: FitRule): Geometry {
  checkSize(width, height, "inputGeometry");
  const [inputHeight, inputWidth] = rule.size;
  const resized = resizedTo(width, height, rule);
  if (Math.max(resized.width, resized.height) > MAX_RESIZED) {
    const { shortSide = Math.max(...rule.size) } = rule;
    throw new GradCamError("E_IMAGE_TOO_LARGE", {
      where: `fit "${rule.fit}"`,
      expected: `a picture that is at most ${MAX_RESIZED} pixels long when its short side is ${shortSide}`,
      got: `${width}×${height}`,
      hint: 'fit "squash" or "pad" shows the model all of it',
    });
  }
  const left = centered(resized.width, inputWidth, rule.fit);
  const top = centered(resized.height, inputHeight, rule.fit);
  const scaleX = width / resized.width;
  const scaleY = height / resized.height;
  const window = { x: left * scaleX, y: top * scaleY, width: inputWidth * scaleX, height: inputHeight * scaleY };
  return { resized, left, top, window };
}

function resizedTo(width: number, height: number, { size, fit, shortSide }: FitRule): Geometry["resized"] {
  const [inputHeight, inputWidth] = size;
  if (fit === "squash") return { width: inputWidth, height: inputHeight };
  if (fit === "crop" && shortSide !== undefined) {
    // torchvision's Resize: the long side is truncated, not rounded.
    const long = Math.trunc((shortSide * Math.max(width, height)) / Math.min(width, height));
    return width <= height ? { width: shortSide, height: long } : { width: long, height: shortSide };
  }
  const scales = [inputWidth / width, inputHeight / height] as const;
  const scale = fit === "crop" ? Math.max(...scales) : Math.min(...scales);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Offset of the input in the resized picture; halves go to the even pixel, as in torchvision's CenterCrop. */
const centered = (resized: number, input: number, fit: Fit): number =>
  fit === "squash" ? 0 : roundHalfEven((resized - input) / 2);

/**
 * Spreads a map that covers the model's input over a picture of width × height: value at pixel centre (x + ½, y + ½) by half-pixel bilinear
 * interpolation, 0 where the model has not looked. For "squash" this is OpenCV's INTER_LINEAR resize of the map.
 */
export function placeMap(map: Map2D, rule: FitRule, width: number, height: number): Map2D {
  checkMap(map, "placeMap");
  const { window } = inputGeometry(width, height, rule);
  const columns = linear(map.width, width, window.x, window.width);
  return resample(map, columns, linear(map.height, height, window.y, window.height));
}

/**
 * The way back: what a map over a picture says at the pixels of the model's input, 0 where the picture does not reach. The
 * picture's axis is put on that of the input, half-pixel bilinear.
 */
export function fetchMap(map: Map2D, rule: FitRule): Map2D {
  checkMap(map, "fetchMap");
  const { window } = inputGeometry(map.width, map.height, rule);
  const [height, width] = rule.size;
  const [across, down] = [width / window.width, height / window.height];
  const columns = linear(map.width, width, -window.x * across, map.width * across);
  return resample(map, columns, linear(map.height, height, -window.y * down, map.height * down));
}

export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const above = x - floor;
  return above > 0.5 || (above === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}
