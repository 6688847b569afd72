/** Figures as SVG: pictures embedded as PNG, text as text. One file that needs nothing else. */
import { base64 } from "./base64.ts";
import type { Figure, FigureItem, FigurePicture } from "./figure.ts";
import { isWholeMultiple } from "./figure.ts";
import { asImage, type ImageLike } from "./image.ts";
import { hex } from "./paint.ts";
import { toPng } from "./png.ts";
import { resizeImage } from "./resize-image.ts";
import { textWidth } from "./text.ts";

/** The figure, or one picture, as an SVG file. Throws E_INPUT_SHAPE. */
export async function toSvg(source: Figure | ImageLike): Promise<string> {
  const figure = "items" in source ? source : figureOf(source);
  const { width, height, background, items } = figure;
  const area = `width="${width}" height="${height}"`;
  const body = await Promise.all(items.map(element));
  return `<svg xmlns="http://www.w3.org/2000/svg" ${area} viewBox="0 0 ${width} ${height}" font-family="Inter, Helvetica, Arial, sans-serif">
<rect ${area} fill="${hex(background)}"/>
${body.join("\n")}
</svg>
`;
}

function figureOf(source: ImageLike): Figure {
  const image = asImage(source, "toSvg");
  const { width, height } = image;
  return { width, height, background: [255, 255, 255], items: [{ kind: "picture", image, x: 0, y: 0, width, height }] };
}

async function element(item: FigureItem): Promise<string> {
  if (item.kind === "picture") return picture(item);
  const fill = `fill="${hex(item.color)}"`;
  if (item.kind === "area") return `<rect ${placeOf(item)} ${fill}/>`;
  const { text, x, y, size } = item;
  // The width is that of the pixel font, so that text of another font does not run into its neighbours.
  const width = textWidth(text, size);
  const length = width > 0 ? ` textLength="${width}" lengthAdjust="spacingAndGlyphs"` : "";
  return `<text x="${x}" y="${rounded(y + size * BASELINE)}" font-size="${rounded(size)}"${length} ${fill}>${escaped(text)}</text>`;
}

/** Of the height of a line. */
const BASELINE = 7 / 9;

async function picture(item: FigurePicture): Promise<string> {
  const { image, width, height, title } = item;
  const style = isWholeMultiple(image, width, height) ? ' style="image-rendering:pixelated"' : "";
  const label = title === undefined ? "" : ` role="img" aria-label="${escaped(title)}"`;
  const href = `data:image/png;base64,${base64(await toPng(sharpEnough(image, width, height)))}`;
  return `<image ${placeOf(item)} preserveAspectRatio="none"${style}${label} href="${href}"/>`;
}

/** Twice the pixels of its place are what a dense screen or a print can show. */
function sharpEnough(image: ImageLike, width: number, height: number): ImageLike {
  if (image.width <= 2 * width && image.height <= 2 * height) return image;
  return resizeImage(image, { width: 2 * width, height: 2 * height });
}

const placeOf = ({ x, y, width, height }: Omit<FigurePicture, "kind" | "image">): string =>
  `x="${x}" y="${y}" width="${width}" height="${height}"`;

const rounded = (value: number): number => Math.round(value * 100) / 100;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Characters that XML does not allow are left out. */
const escaped = (text: string): string =>
  text.replace(/\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, "").replace(/[&<>"]/g, (character) => ENTITIES[character]!);
