/** The pictures that one explanation becomes, and what their files are called. */
import type { Sign } from "../cam/normalize.ts";
import type { Explanation } from "../explanation.ts";
import type { Image, Map2D } from "../image/image.ts";
import type { Model } from "../model.ts";
import type { ExplainFlags } from "./commands/explain.ts";
import { filled, type OutputPattern, placeOf } from "./output-pattern.ts";
import type { Picture } from "./pictures.ts";

export interface OutputPicture {
  readonly name: string;
  readonly image: Image;
}

/** The overlay first, then the map alone, then what the recipe adds. */
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
  if (explanation.compat === "chollet") {
    const { layerMap, matrixPicture } = await import("../node.ts");
    pictures.push({ name: `${stem}.matshow.png`, image: matrixPicture(layerMap(explanation)) });
  }
  return pictures;
}

/** The map over the picture as a person sees it. */
export async function overlayOf(
  picture: Picture,
  explanation: Explanation,
  { colormap, alpha, compat }: ExplainFlags,
): Promise<Image> {
  const { layerMap, overlay } = await import("../node.ts");
  // These recipes enlarge the small map in their own ways.
  const small = compat === "torchcam" || compat === "keras-io";
  return overlay(picture.upright, small ? layerMap(explanation) : await mapOnPicture(picture, explanation), {
    ...(colormap && { colormap }),
    ...(alpha !== undefined && { alpha }),
    ...(compat && { compat }),
    ...(explanation.sign === "signed" && { signed: true }),
  });
}

/**
 * The map at the size of the picture as a person sees it. Keras' recipes show the network the pixels as stored; the article
 * paints on the picture turned upright, and stretches the small map over that.
 */
export async function mapOnPicture({ upright }: Picture, explanation: Explanation): Promise<Map2D> {
  const { compat } = explanation;
  if (compat !== "chollet" && compat !== "keras-io") return explanation.map;
  const [{ layerMap }, { resizeMap }] = await Promise.all([import("../node.ts"), import("../image/resize-map.ts")]);
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
