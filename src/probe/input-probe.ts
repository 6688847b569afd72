/** What an input-space method sees. */
import type { BackwardRule, BiasTerm, InputProbe } from "../attribute/method.ts";
import type { Fold, Series } from "../cam/method.ts";
import type { ConstantTerm } from "../others.ts";
import { LayerView, PictureView, type View } from "./layer-probe.ts";

export class InputView extends PictureView implements InputProbe {
  readonly layer?: LayerView;
  readonly #input: string;

  /** @param input the input's name @param layer for methods that combine both */
  constructor(view: View, input: string, layer?: string) {
    super(view);
    this.#input = input;
    if (layer !== undefined) this.layer = new LayerView(view, layer);
  }

  get gradient(): Promise<Float32Array> {
    return this.view.group.gradient(this.view.index, this.#input);
  }

  get ruled() {
    const { group, index } = this.view;
    return (rule: BackwardRule): Promise<Float32Array> => group.ruled(index, rule);
  }

  get biases() {
    const { group, index } = this.view;
    return async (): Promise<readonly BiasTerm[]> =>
      (await group.constants()).map((term: ConstantTerm) => biasTerm(term, index));
  }

  get fold() {
    const { group, index, method } = this.view;
    const at = this.answers.asked.input;
    return <State>(series: Series, fold: Fold<State>): Promise<State> =>
      group.fold(index, `${method}|input|${series.name}`, { series, at, fold });
  }
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
