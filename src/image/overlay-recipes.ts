/** Overlays of other programs, to the byte, clipping and truncation included. */
import { type ColormapName, colorTable } from "./colormap.ts";
import { type Image, type Map2D, newImage } from "./image.ts";

export type OverlayRecipe = "chollet" | "pytorch-grad-cam";

interface RecipeOptions {
  readonly colormap: ColormapName | undefined;
  readonly alpha: number | undefined;
}

export const OVERLAY_RECIPES: Readonly<
  Record<OverlayRecipe, (image: Image, heat: Map2D, options: RecipeOptions) => Image>
> = {
  chollet,
  "pytorch-grad-cam": pytorchGradCam,
};

/**
 * saturate(round_half_even(colour·0.4 + pixel)), colour = OpenCV's JET of ⌊255·v⌋: the picture gets brighter and clips.
 * F. Chollet, Deep Learning with Python, 5.4.3: np.uint8(255·heatmap), cv2.applyColorMap, cv2.imwrite.
 */
function chollet(image: Image, heat: Map2D, { colormap = "opencv-jet", alpha = 0.4 }: RecipeOptions): Image {
  const colors = byteColors(heat, colormap);
  const result = newImage(image.width, image.height, 3);
  // Storing to a clamped array saturates and rounds half to even, as OpenCV's conversion to 8 bits does.
  for (let i = 0; i < colors.length; i++) result.data[i] = colors[i]! * alpha + image.data[i]!;
  return result;
}

/**
 * ⌊255·m / max m⌋ with m = alpha·colour/255 + (1 − alpha)·pixel/255 in f32: the whole picture is scaled until its brightest
 * value is 255. J. Gildenblat, pytorch-grad-cam, `show_cam_on_image` with image_weight = 1 − alpha.
 */
function pytorchGradCam(image: Image, heat: Map2D, { colormap = "opencv-jet", alpha = 0.5 }: RecipeOptions): Image {
  const colors = byteColors(heat, colormap);
  const mixed = new Float32Array(colors.length);
  const unit = (byte: number): number => Math.fround(byte / 255);
  const [colorWeight, pixelWeight] = [Math.fround(alpha), Math.fround(1 - alpha)];
  let max = 0;
  for (let i = 0; i < mixed.length; i++) {
    const value = Math.fround(colorWeight * unit(colors[i]!)) + Math.fround(pixelWeight * unit(image.data[i]!));
    mixed[i] = value;
    max = Math.max(max, Math.fround(value));
  }
  const result = newImage(image.width, image.height, 3);
  if (max === 0) return result;
  for (let i = 0; i < mixed.length; i++) result.data[i] = Math.trunc(Math.fround(255 * Math.fround(mixed[i]! / max)));
  return result;
}

/** Colours of ⌊255·v⌋ in f32, modulo 256 as numpy's cast to uint8. */
function byteColors({ data }: Map2D, colormap: ColormapName): Uint8Array {
  const table = colorTable(colormap);
  const colors = new Uint8Array(data.length * 3);
  for (let i = 0, at = 0; i < data.length; i++) {
    const row = (Math.fround(255 * data[i]!) & 255) * 3;
    for (let c = 0; c < 3; c++) colors[at++] = table[row + c]!;
  }
  return colors;
}
