/** Reports in a page: pictures become JPEGs through a canvas. */
import type { EncodePicture } from "../report/page-picture.ts";
import type { Reported, ReportOptions } from "../report/html.ts";
import { toBlob } from "./images.ts";

/** Nothing that a heat map lies upon needs more. */
const QUALITY = 0.8;

const jpeg: EncodePicture = async (image) => {
  const blob = await toBlob(image, "image/jpeg", QUALITY);
  return { bytes: new Uint8Array(await blob.arrayBuffer()), type: blob.type };
};

/**
 * One HTML file that works offline: pictures, maps, script and style inside, nothing requested. `about` is a list of
 * pictures with their explanations, or the explanations of one picture (`options.image` is the picture then).
 * Pictures are stored with at most 512 pixels a side, maps at their own resolution.
 * Throws E_OPTION when there is nothing to report, E_INPUT_SHAPE.
 */
export async function report(about: Reported, options: ReportOptions = {}): Promise<string> {
  const { reportHtml } = await import("../report/html.ts");
  return reportHtml(about, options, jpeg);
}
