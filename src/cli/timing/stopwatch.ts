/** Times of those convolutions for which there is a choice of algorithms, taken around the operators of a running model. */
import type { Observer } from "../../graph/execute.ts";
import { shapeKey } from "../../graph/tuning.ts";
import { fitsWinograd } from "../../ops/conv2d-winograd.ts";
import { quantile } from "./measure.ts";

export type Pass = "forward" | "backward";

interface Layer {
  readonly key: string;
  readonly ms: Readonly<Record<Pass, number[]>>;
}

export class Stopwatch {
  readonly #layers = new Map<string, Layer>();

  /** For `engine.observe`. */
  readonly observe: Observer = ({ node, targets, shapes }, run) => {
    const w = node.op === "conv2d" ? shapes[node.inputs[1]!]! : [];
    if (node.op !== "conv2d" || !fitsWinograd(w, node.attrs)) {
      run();
      return;
    }
    const begun = performance.now();
    run();
    const ms = performance.now() - begun;
    const key = shapeKey(shapes[node.output]!, w);
    const layer = this.#layers.get(node.name) ?? { key, ms: { forward: [], backward: [] } };
    this.#layers.set(node.name, layer);
    layer.ms[targets ? "backward" : "forward"].push(ms);
  };

  /** Names of the layers by shape. */
  get shapes(): ReadonlyMap<string, readonly string[]> {
    const shapes = new Map<string, string[]>();
    for (const [name, { key }] of this.#layers) shapes.set(key, [...(shapes.get(key) ?? []), name]);
    return shapes;
  }

  /** All layers of a shape together: the sum of their medians over the last `runs` runs. */
  ms(key: string, pass: Pass, runs: number): number {
    const layers = [...this.#layers.values()].filter((layer) => layer.key === key);
    return layers.reduce((sum, { ms }) => sum + quantile(ms[pass].slice(-runs), 0.5), 0);
  }
}
