/** From one picture to another, pixel by pixel in the order of a map: how deletion and insertion see the network. */
import { areaUnder } from "./curve.ts";
import type { Measurement, Trial } from "./metric.ts";
import { mostImportantFirst } from "./order.ts";

interface Transition {
  readonly name: string;
  readonly from: Float32Array;
  readonly to: Float32Array;
  /** Pixels are exchanged in so many portions of ⌈pixels / steps⌉; the last one may be smaller. */
  readonly steps: number;
}

/** The probability of the class over the fraction of pixels that are those of `to`, the most important first; its area. */
export async function followed(trial: Trial, { name, from, to, steps }: Transition): Promise<Measurement> {
  const { channels } = trial.input;
  const order = mostImportantFirst(trial.map.data);
  const portion = Math.ceil(order.length / steps);
  const count = Math.ceil(order.length / portion) + 1;
  const current = from.slice();
  let exchanged = 0;
  const y = await trial.probabilities({
    name,
    count,
    write(index, into) {
      for (const end = Math.min(index * portion, order.length); exchanged < end; exchanged++) {
        const at = order[exchanged]! * channels;
        for (let c = at; c < at + channels; c++) current[c] = to[c]!;
      }
      into.set(current);
    },
  });
  const x = Array.from({ length: count }, (_, i) => Math.min(i * portion, order.length) / order.length);
  const curve = { x, y: Array.from(y) };
  return { value: areaUnder(curve), curves: { [name]: curve } };
}
