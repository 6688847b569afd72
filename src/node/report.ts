/** Reports in Node: pictures become JPEGs through sharp. */
import type { EncodePicture } from "../report/page-picture.ts";
import type { Reported, ReportOptions } from "../report/html.ts";
import { loadSharp } from "./sharp.ts";

/** Nothing that a heat map lies upon needs more. */
const QUALITY = 80;

/** Pixels as a JPEG. Throws E_IMAGE_UNREADABLE where sharp is missing. */
export const jpeg: EncodePicture = async ({ data, width, height, channels }) => {
  const sharp = await loadSharp();
  const bytes = await sharp(data, { raw: { width, height, channels } }).jpeg({ quality: QUALITY }).toBuffer();
  return { bytes, type: "image/jpeg" };
};

/**
 * One HTML file that works offline: pictures, maps, script and style inside, nothing requested. `about` is a list of
 * pictures with their explanations, or the explanations of one picture (`options.image` is the picture then).
 * Pictures are stored with at most 512 pixels a side, maps at their own resolution.
 * Throws E_OPTION when there is nothing to report, E_INPUT_SHAPE, E_IMAGE_UNREADABLE where sharp is missing.
 */
export async function report(about: Reported, options: ReportOptions = {}): Promise<string> {
  const { reportHtml } = await import("../report/html.ts");
  return reportHtml(about, options, jpeg);
}
