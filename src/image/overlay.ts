/** A heat map over the picture it explains. */
import { GradCamError } from "../errors.ts";
import { checkChoice } from "./choice.ts";
import { type ColormapName, colorRow, colorTable } from "./colormap.ts";
import { asImage, checkMap, type Image, type ImageLike, type Map2D, newImage, toRgb } from "./image.ts";
import { OVERLAY_RECIPES, type OverlayRecipe } from "./overlay-recipes.ts";
import { resizeMap } from "./resize-map.ts";

/** How a map is painted over its picture. */
export interface OverlayOptions {
  /** "turbo" by default; a `compat` recipe has its own. */
  colormap?: ColormapName;
  /** Opacity of the colours, 0 … 1. Default 0.6; with `compat` the recipe's own weight (0.3 to 0.5). */
  alpha?: number;
  /**
   * The map value from which the colours have their full opacity; below, they fade out, and where the map is 0 the picture's
   * own bytes remain. Default 0.3. 0: the same opacity everywhere.
   */
  fade?: number;
  /**
   * Another program's recipe, byte for byte. `fade` does not apply. torchcam and keras.io enlarge the map in their own ways: give
   * them the small one, `layerMap(explanation)`.
   */
  compat?: OverlayRecipe;
  /**
   * For maps from −1 to 1: two colours, the ends of a diverging table ("bwr" by default), the stronger the larger |v|, and
   * nothing where the map is 0. `fade` is 1 by default, so that opacity is the scale.
   */
  signed?: boolean;
}

const DEFAULT_ALPHA = 0.6;
const DEFAULT_FADE = 0.3;
const SIGNED_ALPHA = 0.85;

/**
 * colour(v)·a + pixel·(1 − a) with a = alpha·smoothstep(v / fade), rounded: an RGB picture of the picture's size.
 * With `signed` by |v|. `map` holds values in [0, 1], or [−1, 1], and is resized (OpenCV INTER_LINEAR) when its size differs. Throws E_NONFINITE for NaN.
 */
export function overlay(source: ImageLike, map: Map2D, options: OverlayOptions = {}): Image {
  const image = toRgb(asImage(source, "overlay"));
  checkMap(map, "overlay", true);
  const { compat, alpha, signed = false, fade = signed ? 1 : DEFAULT_FADE } = options;
  checkFraction("alpha", alpha ?? 0);
  checkFraction("fade", fade);
  if (compat !== undefined && !signed) {
    checkChoice(compat, Object.keys(OVERLAY_RECIPES) as OverlayRecipe[], "overlay: compat");
    return OVERLAY_RECIPES[compat](image, map, { colormap: options.colormap, alpha });
  }
  const sameSize = map.width === image.width && map.height === image.height;
  const heat = sameSize ? map : resizeMap(map, image.width, image.height);
  const [colormap, strength] = signed ? (["bwr", SIGNED_ALPHA] as const) : (["turbo", DEFAULT_ALPHA] as const);
  return blend(image, heat, { colormap: options.colormap ?? colormap, alpha: alpha ?? strength, fade, signed });
}

type Blending = Required<Omit<OverlayOptions, "compat">>;

function blend(image: Image, heat: Map2D, { colormap, alpha, fade, signed }: Blending): Image {
  const table = colorTable(colormap);
  const result = newImage(image.width, image.height, 3);
  for (let i = 0, at = 0; i < heat.data.length; i++) {
    const value = heat.data[i]!;
    const strength = signed ? Math.abs(value) : value;
    const opacity = alpha * (fade === 0 ? 1 : smoothstep(strength / fade));
    const row = (signed ? colorRow(Math.sign(value)) : colorRow(value)) * 3;
    for (let c = 0; c < 3; c++, at++) {
      result.data[at] = table[row + c]! * opacity + image.data[at]! * (1 - opacity);
    }
  }
  return result;
}

/** 0 below 0, 1 above 1, 3t² − 2t³ between: no edge where the colours begin. */
function smoothstep(t: number): number {
  const inside = Math.min(1, Math.max(0, t));
  return inside * inside * (3 - 2 * inside);
}

function checkFraction(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new GradCamError("E_INPUT_VALUE", {
    where: `overlay: ${name}`,
    expected: "a number from 0 to 1",
    got: String(value),
  });
}
