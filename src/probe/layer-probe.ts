/** What a class-activation method sees. */
import type { LayerProbe, Probe, Planes } from "../cam/method.ts";
import { headOf } from "../others.ts";
import { randomStream } from "../random.ts";
import { curvature } from "./curvature.ts";
import type { Group } from "./group.ts";

/** One score of a group, asked by one method. */
export interface View {
  readonly group: Group;
  readonly index: number;
  /** Series of different methods are different ones, whatever their names. */
  readonly method: string;
  /** The score is an affine function of the logits. */
  readonly linear: boolean;
}

export function basics({ group, index, method }: View): Probe {
  const { answers, seed } = group.common;
  const { data, shape } = answers.input;
  const [, height, width, channels] = shape as readonly [number, number, number, number];
  const input: Planes = { data, height, width, channels };
  return {
    input,
    score: group.objectives[index]!.value,
    logits: answers.logits,
    scores: (series) => group.scores(index, `${method}|${series.name}`, series),
    random: (stream) => randomStream(seed, stream),
  };
}

export function layerProbe(view: View, layer: string): LayerProbe {
  const { group, index, method } = view;
  const { answers } = group.common;
  const { data: activation, shape } = answers.activation(layer);
  const [, height, width, channels] = shape as readonly [number, number, number, number];
  const at = answers.asked.layers.get(layer)!;
  const keyOf = (name: string): string => `${method}|${layer}|${name}`;
  return {
    ...basics(view),
    height,
    width,
    channels,
    activation,
    get affine() {
      return view.linear && headOf(answers, layer) === "affine";
    },
    get gradient() {
      return group.gradient(index, layer);
    },
    get meanGradient() {
      return group.meanGradient(index, layer);
    },
    head: (series) => group.scores(index, keyOf(series.name), series, layer),
    fold: (series, fold) => group.fold(index, keyOf(series.name), { series, at, fold }),
    curvature: (direction) => curvature(answers, group.objectives[index]!, layer, direction),
  };
}
