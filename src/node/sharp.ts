/**
 * sharp on demand. Its process-wide switches (cache, concurrency, blocked loaders) are left alone, since the program around us
 * may use sharp too. They are not needed: it is handed bytes, which it does not cache, and only of kinds in picture-kind.ts.
 */
import type Sharp from "sharp";
import { GradCamError } from "../errors.ts";

/** Throws E_IMAGE_UNREADABLE when sharp is not installed for this platform. */
export async function loadSharp(): Promise<typeof Sharp> {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new GradCamError("E_IMAGE_UNREADABLE", {
      where: "sharp",
      expected: `the picture decoder for ${process.platform}-${process.arch}`,
      got: "none installed",
      hint: "run `npm install --include=optional sharp` on this machine, or pass pixels as { data, width, height, channels }",
      cause,
    });
  }
}
