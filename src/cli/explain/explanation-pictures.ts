/** The pictures that one explanation becomes, and what their files are called. */
import type { Sign } from "../../cam/normalize.ts";
import type { Explanation } from "../../explanation.ts";
import type { HotBox } from "../../image/boxes.ts";
import type { Image, Map2D } from "../../image/image.ts";
import type { Model } from "../../model.ts";
import type { ExplainFlags } from "../commands/explain.ts";
import { filled, type OutputPattern, placeOf } from "../files/output-pattern.ts";
import type { Picture } from "../files/pictures.ts";
import { percent } from "../terminal/table.ts";

export interface OutputPicture {
  readonly name: string;
  readonly image: Image;
}

/** The overlay first, then the map alone, then what the flags and the recipe add. */
export async function explanationPictures(
  picture: Picture,
  explanation: Explanation,
  model: Model,
  pattern: OutputPattern,
  flags: ExplainFlags,
): Promise<OutputPicture[]> {
  const stem = filled(pattern.stem, {
    ...placeOf(picture.name),
    method: explanation.method,
    layer: [explanation.layer]
      .flat()
      .join("+")
      .replaceAll(/[/\\:]+/g, "-"),
    target: classSlug(explanation, model),
    index: String(explanation.target.index ?? "score"),
  });
  const pictures = [
    { name: stem + pattern.extension, image: await overlayOf(picture, explanation, flags) },
    { name: `${stem}.map.png`, image: grayscale(await mapOnPicture(picture, explanation), explanation.sign) },
  ];
  if (flags.mask) {
    const { maskPicture } = await import("../../image/mask-picture.ts");
    const marked = maskPicture(picture.upright, await positiveMap(picture, explanation), { threshold: HOT });
    pictures.push({ name: `${stem}.mask.png`, image: marked });
  }
  if (explanation.compat === "chollet") {
    const { layerMap, matrixPicture } = await import("../../node.ts");
    pictures.push({ name: `${stem}.matshow.png`, image: matrixPicture(layerMap(explanation)) });
  }
  return pictures;
}

/** The map over the picture as a person sees it, with the lines that the flags ask for. */
export async function overlayOf(picture: Picture, explanation: Explanation, flags: ExplainFlags): Promise<Image> {
  const { layerMap, overlay } = await import("../../node.ts");
  const { colormap, alpha, compat } = flags;
  // These recipes enlarge the small map in their own ways.
  const small = compat === "torchcam" || compat === "keras-io";
  const painted = overlay(picture.upright, small ? layerMap(explanation) : await mapOnPicture(picture, explanation), {
    ...(colormap && { colormap }),
    ...(alpha !== undefined && { alpha }),
    ...(compat && { compat }),
    ...(explanation.sign === "signed" && { signed: true }),
  });
  return withLines(painted, picture, explanation, flags);
}

/** Of the maximum. Lower than half, and a box soon holds the whole picture. */
const HOT = 0.5;
/** Smaller ones are clutter; the text counts them. */
const MAX_DRAWN = 5;

/** Where the evidence for the class is most: rectangles around the hotter half of the map, the fullest first. */
export async function hotBoxes(picture: Picture, explanation: Explanation): Promise<HotBox[]> {
  const { boxes } = await import("../../image/boxes.ts");
  return boxes(await mapOnPicture(picture, explanation), { threshold: HOT });
}

async function withLines(
  image: Image,
  picture: Picture,
  explanation: Explanation,
  { contours, boxes }: ExplainFlags,
): Promise<Image> {
  let drawn = image;
  if (contours) {
    const { drawContours } = await import("../../image/draw-contours.ts");
    const map = await positiveMap(picture, explanation);
    const most = map.data.reduce((top, value) => Math.max(top, value), 0);
    drawn = drawContours(drawn, map, { levels: [HOT * most], width: lineWidth(image) });
  }
  if (boxes) {
    const { drawBoxes } = await import("../../image/draw-boxes.ts");
    const found = (await hotBoxes(picture, explanation)).slice(0, MAX_DRAWN);
    const labels = found.map(({ score }) => percent(score));
    drawn = drawBoxes(drawn, found, { labels });
  }
  return drawn;
}

/** Of contours, in pixels: as boxes have it. */
const lineWidth = ({ width, height }: Image): number => Math.max(2, Math.round(Math.max(width, height) / 200));

/** Of a signed map the part for the class, which boxes are drawn around too. */
async function positiveMap(picture: Picture, explanation: Explanation): Promise<Map2D> {
  const map = await mapOnPicture(picture, explanation);
  return { ...map, data: map.data.map((value) => Math.max(0, value)) };
}

/**
 * The map at the size of the picture as a person sees it. Keras' recipes show the network the pixels as stored; the article
 * paints on the picture turned upright, and stretches the small map over that.
 */
async function mapOnPicture({ upright }: Picture, explanation: Explanation): Promise<Map2D> {
  const { compat } = explanation;
  if (compat !== "chollet" && compat !== "keras-io") return explanation.map;
  const [{ layerMap }, { resizeMap }] = await Promise.all([
    import("../../node.ts"),
    import("../../image/resize-map.ts"),
  ]);
  return resizeMap(layerMap(explanation), upright.width, upright.height);
}

/** One byte per pixel: 255 where the map is 1; of signed maps 128 where it is 0. */
const grayscale = ({ data, width, height }: Map2D, sign: Sign): Image => ({
  data: Uint8ClampedArray.from(data, sign === "signed" ? (value) => 128 + value * 127 : (value) => value * 255),
  width,
  height,
  channels: 1,
});

/** "Egyptian cat" → "egyptian-cat"; classes that share their name also get their index: "crane-517". */
export function classSlug({ target: { label, index } }: Explanation, { labels }: Model): string {
  const slug = slugOf(label);
  const namesakes = labels?.filter(({ name }) => slugOf(name) === slug).length ?? 1;
  return namesakes > 1 || slug === "" ? `${slug}-${index ?? "score"}`.replace(/^-/, "") : slug;
}

const slugOf = (label: string): string =>
  label
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
