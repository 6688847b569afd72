/** What an input-space method sees. */
import type { BiasTerm, InputProbe } from "../attribute/method.ts";
import type { ConstantTerm } from "../others.ts";
import { basics, layerProbe, type View } from "./layer-probe.ts";

/** @param input the input's name @param layer for methods that combine both */
export function inputProbe(view: View, input: string, layer?: string): InputProbe {
  const { group, index, method } = view;
  const { answers } = group.common;
  return {
    ...basics(view),
    get gradient() {
      return group.gradient(index, input);
    },
    ruled: (rule) => group.ruled(index, rule),
    biases: async () => (await group.constants()).map((term) => biasTerm(term, index)),
    fold: (series, fold) => {
      const at = answers.asked.input;
      return group.fold(index, `${method}|input|${series.name}`, { series, at, fold });
    },
    ...(layer !== undefined && { layer: layerProbe(view, layer) }),
  };
}

function biasTerm({ constant, shape, products }: ConstantTerm, index: number): BiasTerm {
  const [height, width, channels] = shape.length === 4 ? shape.slice(1) : [1, 1, shape.at(-1)!];
  return {
    layer: constant.name,
    height: height!,
    width: width!,
    channels: channels!,
    data: products[index]!,
    kind: "level" in constant.added ? "saturation" : "bias",
  };
}
