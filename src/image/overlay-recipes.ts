/** Overlays of other programs, to the byte, clipping and truncation included. `alpha` is the weight of the colours. */
import { type ColormapName, colorRow, colorTable } from "./colormap.ts";
import { type Image, type Map2D, newImage } from "./image.ts";
import { jetValues } from "./jet-values.ts";
import { resizeImage } from "./resize-image.ts";
import { resizeMap } from "./resize-map.ts";

export type OverlayRecipe = "chollet" | "pytorch-grad-cam" | "torchcam" | "keras-io";

interface RecipeOptions {
  readonly colormap: ColormapName | undefined;
  readonly alpha: number | undefined;
}

export const OVERLAY_RECIPES: Readonly<
  Record<OverlayRecipe, (image: Image, map: Map2D, options: RecipeOptions) => Image>
> = {
  chollet,
  "pytorch-grad-cam": pytorchGradCam,
  torchcam,
  "keras-io": kerasIo,
};

/**
 * saturate(round_half_even(colour·0.4 + pixel)), colour = OpenCV's JET of ⌊255·v⌋: the picture gets brighter and clips.
 * F. Chollet, Deep Learning with Python, 5.4.3: cv2.resize, np.uint8(255·heatmap), cv2.applyColorMap, cv2.imwrite.
 */
function chollet(image: Image, map: Map2D, { colormap = "opencv-jet", alpha = 0.4 }: RecipeOptions): Image {
  const colors = byteColors(resizeMap(map, image.width, image.height), colorTable(colormap));
  const result = newImage(image.width, image.height, 3);
  // Storing to a clamped array saturates and rounds half to even, as OpenCV's conversion to 8 bits does.
  for (let i = 0; i < result.data.length; i++) result.data[i] = colors[i]! * alpha + image.data[i]!;
  return result;
}

/**
 * ⌊255·m / max m⌋ with m = alpha·colour/255 + (1 − alpha)·pixel/255 in f32: the whole picture is scaled until its brightest
 * value is 255. J. Gildenblat, pytorch-grad-cam, `show_cam_on_image` with image_weight = 1 − alpha.
 */
function pytorchGradCam(image: Image, map: Map2D, { colormap = "opencv-jet", alpha = 0.5 }: RecipeOptions): Image {
  const colors = byteColors(resizeMap(map, image.width, image.height), colorTable(colormap));
  const mixed = new Float32Array(colors.length);
  const unit = (byte: number): number => Math.fround(byte / 255);
  const [colorWeight, pixelWeight] = [Math.fround(alpha), Math.fround(1 - alpha)];
  for (let i = 0; i < mixed.length; i++) {
    mixed[i] = Math.fround(colorWeight * unit(colors[i]!)) + Math.fround(pixelWeight * unit(image.data[i]!));
  }
  return stretched(mixed, image, 0);
}

/**
 * ⌊colour + (1 − alpha)·(pixel − colour)⌋ in f32, colour = jet of v², v resized by Pillow's BICUBIC.
 * F.-G. Fernandez, torch-cam, `overlay_mask` with alpha = 1 − ours; Pillow's `Image.blend`.
 */
function torchcam(image: Image, map: Map2D, { colormap = "jet", alpha = 0.3 }: RecipeOptions): Image {
  const table = colorTable(colormap);
  const pixelWeight = Math.fround(1 - alpha);
  // Two calls: Pillow rounds to f32 between columns and rows.
  const across = resizeMap(map, image.width, map.height, "pillow-bicubic");
  const { data: heat } = resizeMap(across, image.width, image.height, "pillow-bicubic");
  const result = newImage(image.width, image.height, 3);
  for (let i = 0, at = 0; i < heat.length; i++) {
    const row = colorRow(Math.fround(heat[i]! ** 2)) * 3;
    for (let c = 0; c < 3; c++, at++) {
      const color = table[row + c]!;
      result.data[at] = Math.trunc(Math.fround(color + Math.fround(pixelWeight * (image.data[at]! - color))));
    }
  }
  return result;
}

/**
 * m stretched from its least to its greatest value, m = alpha·colour + pixel in f32; colour = jet of ⌊255·v⌋ at the map's own size,
 * stretched too, then resized as a picture by Pillow's BICUBIC.
 * keras.io/examples/vision/grad_cam, `save_and_display_gradcam`; `keras.utils.array_to_img`.
 */
function kerasIo(image: Image, map: Map2D, { colormap = "jet", alpha = 0.4 }: RecipeOptions): Image {
  const table = colormap === "jet" ? jetValues() : Float32Array.from(colorTable(colormap), (byte) => byte / 255);
  const small = stretched(byteColors(map, table), map);
  const { data: colors } = resizeImage(small, { width: image.width, height: image.height });
  const weight = Math.fround(alpha);
  const mixed = Float32Array.from(colors, (color, i) => Math.fround(color * weight) + image.data[i]!);
  return stretched(mixed, image);
}

/** ⌊255·(m − low) / (max m − low)⌋ in f32, a step at a time; zeros where all of m is `low`. */
function stretched(mixed: Float32Array, { width, height }: Map2D | Image, low = least(mixed)): Image {
  let top = 0;
  for (const value of mixed) top = Math.max(top, Math.fround(value - low));
  const result = newImage(width, height, 3);
  if (top === 0) return result;
  for (let i = 0; i < mixed.length; i++) {
    result.data[i] = Math.trunc(Math.fround(255 * Math.fround(Math.fround(mixed[i]! - low) / top)));
  }
  return result;
}

const least = (values: Float32Array): number => values.reduce((a, b) => Math.min(a, b), Infinity);

/** Colours of ⌊255·v⌋ in f32, modulo 256 as numpy's cast to uint8. */
function byteColors({ data }: Map2D, table: Uint8Array | Float32Array): Float32Array {
  const colors = new Float32Array(data.length * 3);
  for (let i = 0, at = 0; i < data.length; i++) {
    const row = (Math.fround(255 * data[i]!) & 255) * 3;
    for (let c = 0; c < 3; c++) colors[at++] = table[row + c]!;
  }
  return colors;
}
