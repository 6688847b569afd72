import type { Rect } from "../image/image.ts";
import { defineMetric } from "./metric.ts";

/**
 * Pointing game: 1 if the map's maximum (the first of equal ones) is in a box of the object or at most `tolerance` pixels of
 * the picture away from one, else 0. The mean over pictures is the accuracy.
 * Zhang et al., Excitation Backprop, ECCV 2016, https://arxiv.org/abs/1608.00507
 */
export const pointingGame = defineMetric({
  name: "pointing-game",
  better: "higher",
  needsBoxes: true,
  options: { tolerance: { default: 15, min: 0, about: "pixels that the maximum may lie outside of a box" } },
  measure({ placed: { data, width }, boxes }, { tolerance }) {
    let top = 0;
    data.forEach((value, i) => {
      if (value > data[top]!) top = i;
    });
    const [x, y] = [top % width, Math.floor(top / width)];
    const away = Math.min(...boxes.map((box) => distance(box, x, y)));
    return { value: Number(away <= tolerance), facts: { x, y, distance: away } };
  },
});

/** From a pixel to the nearest pixel of a box. */
const distance = (box: Rect, x: number, y: number): number =>
  Math.hypot(outside(x, box.x, box.width), outside(y, box.y, box.height));

const outside = (at: number, from: number, length: number): number => Math.max(from - at, 0, at - (from + length - 1));
