/** --boxes FILE: where the objects are in each picture, as JSON: { "cat.jpg": [{ "x", "y", "width", "height" }] }. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { GradCamError } from "../../errors.ts";
import type { Rect } from "../../image/image.ts";

/** The boxes of a picture, found by its path or else its file name; none if it has none. Throws E_IO, E_INPUT_VALUE. */
export async function boxesFrom(path: string | undefined): Promise<(picture: string) => readonly Rect[]> {
  if (path === undefined) return () => [];
  const where = `--boxes ${path}`;
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const got = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : "a file that cannot be read";
    throw new GradCamError("E_IO", { where, expected: "a JSON file of boxes", got, cause });
  });
  const all = parsed(text, where);
  return (picture) => all.get(picture) ?? all.get(basename(picture)) ?? [];
}

function parsed(text: string, where: string): ReadonlyMap<string, readonly Rect[]> {
  const expected = '{ "picture.jpg": [{ "x": 0, "y": 0, "width": 9, "height": 9 }] }';
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
    const bad = entries.find(([, list]) => !Array.isArray(list) || !list.every(isBox));
    if (!bad) return new Map(entries as [string, Rect[]][]);
    throw new GradCamError("E_INPUT_VALUE", { where: `${where}: ${bad[0]}`, expected, got: JSON.stringify(bad[1]) });
  } catch (cause) {
    if (cause instanceof GradCamError) throw cause;
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new GradCamError("E_INPUT_VALUE", { where, expected, got, cause });
  }
}

function isBox(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return ["x", "y", "width", "height"].every((side) => typeof (value as Record<string, unknown>)[side] === "number");
}
