import { defineMetric } from "./metric.ts";

/**
 * Energy in box: the share of the map's positive sum that lies in the boxes of the object (a pixel in two boxes counts once;
 * pixels belong to a box if their centres do). 0 for a blank map.
 * Wang et al., Score-CAM, CVPR Workshops 2020, section 4.3 (energy-based pointing game), https://arxiv.org/abs/1910.01279
 */
export const energyInBox = defineMetric({
  name: "energy-in-box",
  better: "higher",
  needsBoxes: true,
  measure({ placed: { data, width }, boxes }) {
    let [inside, all] = [0, 0];
    data.forEach((value, i) => {
      const energy = Math.max(0, value);
      const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
      all += energy;
      if (boxes.some((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height)) {
        inside += energy;
      }
    });
    return { value: all > 0 ? inside / all : 0 };
  },
});
