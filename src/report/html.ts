/** Explanations as one HTML file that asks nobody for anything: pictures, maps, script and style are all inside. */
import { base64 } from "../image/base64.ts";
import { GradCamError } from "../errors.ts";
import type { Explanation } from "../explanation.ts";
import { type ColormapName, colorTable } from "../image/colormap.ts";
import { asImage, type ImageLike } from "../image/image.ts";
import { VERSION } from "../version.ts";
import { PAGE } from "./generated/page.ts";
import type { PageData, PagePicture } from "./page-data.ts";
import { type EncodePicture, pagePicture, type ReportPicture } from "./page-picture.ts";

/** What a report is called and shows besides. */
export interface ReportOptions {
  /** Default: "Where the network looked". */
  readonly title?: string;
  /** The colours to begin with; default "turbo". */
  readonly colormap?: ColormapName;
  /** When explanations of one picture are given: that picture. */
  readonly image?: ImageLike;
  /** And its name. */
  readonly name?: string;
}

/** What a report is about: pictures with explanations, or explanations of one picture. */
export type Reported = readonly Explanation[] | readonly ReportPicture[];

/** Colours to choose from. */
const COLORMAPS: readonly ColormapName[] = ["turbo", "viridis", "inferno", "cividis", "jet", "gray"];

/** The same text for the same explanations. Throws E_OPTION for an empty report, E_INPUT_SHAPE for pictures that are none. */
export async function reportHtml(about: Reported, options: ReportOptions, encode: EncodePicture): Promise<string> {
  const pictures: PagePicture[] = [];
  for (const picture of picturesOf(about, options)) pictures.push(await pagePicture(picture, encode));
  return pageOf(pictures, options);
}

/** The page about pictures that were packed one after the other, so that no more than one was in memory. */
export function pageOf(
  pictures: readonly PagePicture[],
  { title = "Where the network looked", colormap = "turbo" }: Pick<ReportOptions, "title" | "colormap">,
): string {
  const names = [...new Set([colormap, ...COLORMAPS])];
  const data: PageData = {
    title,
    subtitle: subtitleOf(pictures),
    version: VERSION,
    colormaps: Object.fromEntries(names.map((name) => [name, base64(colorTable(name))])),
    pictures,
  };
  const [head, middle, tail] = PAGE;
  return head + escaped(title) + middle + scriptData(data) + tail;
}

function picturesOf(about: Reported, { image, name = "picture" }: ReportOptions): readonly ReportPicture[] {
  const [first] = Array.isArray(about) ? (about as readonly (Explanation | ReportPicture | undefined)[]) : [];
  if (!first || (!("raw" in first) && !Array.isArray(first.explanations))) {
    const expected = "explanations, or pictures with explanations";
    throw new GradCamError("E_OPTION", { where: "report", expected, got: first ? "something else" : "none" });
  }
  const single = "raw" in first;
  const explanations = about as readonly Explanation[];
  if (image) asImage(image, "report");
  const pictures = single ? [{ name, explanations, ...(image && { image }) }] : (about as readonly ReportPicture[]);
  const empty = pictures.find((picture) => picture.explanations.length === 0);
  if (!empty) return pictures;
  const where = `report of "${empty.name}"`;
  throw new GradCamError("E_OPTION", { where, expected: "at least one explanation", got: "none" });
}

function subtitleOf(pictures: readonly PagePicture[]): string {
  const models = [...new Set(pictures.map(({ model }) => model))].join(", ");
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
  const maps = pictures.reduce((sum, picture) => sum + picture.maps.length, 0);
  return `${models} · ${count(pictures.length, "picture")} · ${count(maps, "map")}`;
}

/** JSON in which nothing can end the element it stands in. */
const scriptData = (data: PageData): string => JSON.stringify(data).replaceAll("<", "\\u003c");

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
