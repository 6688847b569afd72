/** One picture of a report with its maps, as the page is given them. */
import { base64 } from "../image/base64.ts";
import type { Explanation } from "../explanation.ts";
import { inputGeometry } from "../image/geometry.ts";
import { asImage, type Image, type ImageLike, toRgb } from "../image/image.ts";
import { resizeImage } from "../image/resize-image.ts";
import type { MethodName } from "../methods.ts";
import { packMap } from "./pack-map.ts";
import { pageFacts } from "./page-facts.ts";
import type { PageMap, PageMetric, PagePicture, ReportMetric } from "./page-data.ts";
import { WARNING_MEANINGS } from "./warning-meanings.ts";

/** A picture and what was found out about it. */
export interface ReportPicture {
  /** Shown as it is: a file name. */
  readonly name: string;
  /** The picture as a person sees it; the maps are shown alone without it. */
  readonly image?: ImageLike;
  /** At least one. */
  readonly explanations: readonly Explanation[];
  /** What was measured about each of them, in the same order. */
  readonly metrics?: readonly (readonly ReportMetric[])[];
}

/** Turns pixels into the bytes of a picture file and its media type. */
export type EncodePicture = (image: Image) => Promise<{ readonly bytes: Uint8Array; readonly type: string }>;

/** Pixels on the long side: as large as a page shows it. */
const MAX_SIDE = 512;

export async function pagePicture(picture: ReportPicture, encode: EncodePicture): Promise<PagePicture> {
  const { name, image, explanations, metrics } = picture;
  const first = explanations[0]!;
  const full = image ? toRgb(asImage(image, `picture "${name}"`)) : undefined;
  const size = within(full ?? first.picture, MAX_SIDE);
  const small = full && (full.width > size.width ? resizeImage(full, { ...size, filter: "lanczos" }) : full);
  const file = small && (await encode(small));
  return {
    name,
    model: first.model.name,
    ...size,
    ...(file && { source: `data:${file.type};base64,${base64(file.bytes)}` }),
    window: windowOf(first),
    predictions: first.predictions,
    maps: explanations.map((explanation, i) => pageMap(explanation, metrics?.[i] ?? [])),
  };
}

function within({ width, height }: Explanation["picture"], side: number): Explanation["picture"] {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Where the model's input lies, in parts of the picture. The article's recipe squashes whatever the model would like. */
function windowOf({ picture: { width, height }, model: { preprocess }, compat }: Explanation): PagePicture["window"] {
  const { window } = inputGeometry(width, height, compat === "chollet" ? { ...preprocess, fit: "squash" } : preprocess);
  return { x: window.x / width, y: window.y / height, width: window.width / width, height: window.height / height };
}

/** Methods whose raw values are parts of the score: they add up to it, less a constant, where the rest is linear. */
const ADDITIVE: ReadonlySet<MethodName> = new Set<MethodName>([
  "grad-cam",
  "hirescam",
  "xgrad-cam",
  "cam",
  "input-x-gradient",
  "integrated-gradients",
]);

function pageMap(explanation: Explanation, metrics: readonly ReportMetric[]): PageMap {
  const { method, sign, score, layer, raw, warnings, compat, smooth } = explanation;
  const { against: _, ...target } = explanation.target;
  const modes = [compat, smooth && `smooth ${smooth}`, sign === "positive" ? undefined : sign];
  const suffix = modes.filter((mode) => mode !== undefined).join(", ");
  return {
    method: suffix === "" ? method : `${method} (${suffix})`,
    layer: [layer].flat().join(" + "),
    sign,
    score,
    target,
    raw: packMap(raw),
    additive: ADDITIVE.has(method) && typeof layer === "string" && !smooth && compat !== "chollet",
    warnings: warnings.map((warning) => ({ ...warning, meaning: WARNING_MEANINGS[warning.code] })),
    ...(metrics.length > 0 && { metrics: metrics.map(pageMetric) }),
    facts: pageFacts(explanation),
  };
}

const pageMetric = ({ curve, others, ...rest }: ReportMetric): PageMetric => ({
  ...rest,
  ...(curve && { curve: listed(curve) }),
  ...(others && { others: others.map(({ name, ...points }) => ({ name, ...listed(points) })) }),
});

/** Five digits are finer than a screen; all would be most of a file of many curves. */
const listed = ({ x, y }: NonNullable<ReportMetric["curve"]>): NonNullable<PageMetric["curve"]> => ({
  x: Array.from(x, rounded),
  y: Array.from(y, rounded),
});

const rounded = (value: number): number => Number(value.toPrecision(5));
