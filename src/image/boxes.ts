/** Where a map is hot: bounding boxes of its connected regions. */
import { GradCamError } from "../errors.ts";
import { checkMap, type Map2D } from "./image.ts";

/** Whole pixels of the map; for an explanation's `map` these are pixels of the picture. */
export interface HotBox {
  x: number;
  y: number;
  width: number;
  height: number;
  /** The share of the map's positive sum that lies in the region, in (0, 1]. */
  score: number;
}

/** What counts as hot. */
export interface BoxesOptions {
  /** Pixels of at least this fraction of the maximum belong to a region. Default 0.15, as in the Grad-CAM paper. */
  threshold?: number;
}

/** A horizontal stretch of hot pixels: [from, to) in one row. */
interface Run {
  from: number;
  to: number;
  parent: number;
}

interface Region {
  left: number;
  right: number;
  top: number;
  bottom: number;
  sum: number;
}

/**
 * One box per 4-connected region of pixels ≥ threshold·max, the one with the largest share of the map first.
 * A map without positive values has none.
 */
export function boxes(map: Map2D, { threshold = 0.15 }: BoxesOptions = {}): HotBox[] {
  checkMap(map, "boxes", true);
  if (!(threshold > 0 && threshold <= 1)) {
    throw new GradCamError("E_INPUT_VALUE", {
      where: "boxes: threshold",
      expected: "a fraction of the maximum, above 0 and at most 1",
      got: String(threshold),
    });
  }
  let max = 0;
  let total = 0;
  for (const value of map.data) {
    const positive = Math.max(0, value);
    max = Math.max(max, positive);
    total += positive;
  }
  if (max === 0) return [];
  return regionsOf(map, max * threshold)
    .map(({ left, right, top, bottom, sum }) => ({
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      score: sum / total,
    }))
    .sort((a, b) => b.score - a.score || a.y - b.y || a.x - b.x);
}

/** Runs of each row are joined with the overlapping runs of the row above, in a union–find forest of run numbers. */
function regionsOf(map: Map2D, level: number): Region[] {
  const runs: Run[] = [];
  const regions: Region[] = [];
  let above = 0;
  for (let y = 0; y < map.height; y++) {
    const rowStart = runs.length;
    for (const { from, to } of hotRuns(map, y, level)) {
      const self = runs.push({ from, to, parent: runs.length }) - 1;
      regions.push({ left: from, right: to, top: y, bottom: y + 1, sum: sumOf(map, y, from, to) });
      while (above < rowStart && runs[above]!.to <= from) above++;
      for (let up = above; up < rowStart && runs[up]!.from < to; up++) join(runs, regions, self, up);
    }
    above = rowStart;
  }
  return regions.filter((_, i) => runs[i]!.parent === i);
}

function* hotRuns({ data, width }: Map2D, y: number, level: number): Generator<{ from: number; to: number }> {
  const row = data.subarray(y * width, (y + 1) * width);
  for (let x = 0; x < width; x++) {
    if (row[x]! < level) continue;
    const from = x;
    while (x < width && row[x]! >= level) x++;
    yield { from, to: x };
  }
}

function sumOf({ data, width }: Map2D, y: number, from: number, to: number): number {
  let sum = 0;
  for (let i = y * width + from; i < y * width + to; i++) sum += data[i]!;
  return sum;
}

/** Merges the regions of two runs into the older one. */
function join(runs: Run[], regions: Region[], a: number, b: number): void {
  const [rootA, rootB] = [rootOf(runs, a), rootOf(runs, b)];
  if (rootA === rootB) return;
  const [keep, drop] = rootA < rootB ? [rootA, rootB] : [rootB, rootA];
  runs[drop]!.parent = keep;
  const [into, from] = [regions[keep]!, regions[drop]!];
  into.left = Math.min(into.left, from.left);
  into.right = Math.max(into.right, from.right);
  into.top = Math.min(into.top, from.top);
  into.bottom = Math.max(into.bottom, from.bottom);
  into.sum += from.sum;
}

/** Follows parents to the root, halving the path on the way. */
function rootOf(runs: Run[], i: number): number {
  while (runs[i]!.parent !== i) {
    runs[i]!.parent = runs[runs[i]!.parent]!.parent;
    i = runs[i]!.parent;
  }
  return i;
}
