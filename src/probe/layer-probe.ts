/** What a class-activation method sees. Everything is a getter, also functions: a thousand targets have a probe each. */
import type { Fold, LayerProbe, Planes, Probe, Series, Tally } from "../cam/method.ts";
import { headOf } from "../others.ts";
import { type Random, randomStream } from "../random.ts";
import type { HostTensor } from "../tensor.ts";
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

export class PictureView implements Probe {
  protected readonly view: View;

  constructor(view: View) {
    this.view = view;
  }

  get input(): Planes {
    return planesOf(this.answers.input);
  }

  get score(): number {
    return this.view.group.objectives[this.view.index]!.value;
  }

  get scores() {
    const { group, index, method } = this.view;
    return (series: Series): Promise<Float64Array> => group.scores(index, `${method}|${series.name}`, series);
  }

  get tally() {
    const { group, index, method } = this.view;
    return <State>(series: Series, tally: Tally<State>): Promise<State> =>
      group.tally(index, `${method}|${series.name}`, { series, tally });
  }

  get random() {
    const { seed } = this.view.group.common;
    return (stream: number): Random => randomStream(seed, stream);
  }

  protected get answers() {
    return this.view.group.common.answers;
  }
}

export class LayerView extends PictureView implements LayerProbe {
  readonly #layer: string;

  constructor(view: View, layer: string) {
    super(view);
    this.#layer = layer;
  }

  get height(): number {
    return this.#shape[1]!;
  }

  get width(): number {
    return this.#shape[2]!;
  }

  get channels(): number {
    return this.#shape[3]!;
  }

  get activation(): Float32Array {
    return this.answers.activation(this.#layer).data;
  }

  get affine(): boolean {
    return this.view.linear && headOf(this.answers, this.#layer) === "affine";
  }

  get gradient(): Promise<Float32Array> {
    return this.view.group.gradient(this.view.index, this.#layer);
  }

  get meanGradient(): Promise<Float32Array> {
    return this.view.group.meanGradient(this.view.index, this.#layer);
  }

  get head() {
    const { group, index } = this.view;
    return (series: Series): Promise<Float64Array> => group.scores(index, this.#key(series), series, this.#layer);
  }

  get fold() {
    const { group, index } = this.view;
    const at = this.answers.asked.layers.get(this.#layer)!;
    return <State>(series: Series, fold: Fold<State>): Promise<State> =>
      group.fold(index, this.#key(series), { series, at, fold });
  }

  get products() {
    const { room } = this.answers.asked;
    return (rows: readonly Float32Array[]): readonly Float32Array[] => {
      const joined = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
      rows.forEach((row, i) => {
        joined.set(row, i * row.length);
      });
      return room.product(rows, joined);
    };
  }

  get curvature(): Promise<Float32Array> {
    return this.view.group.curvature(this.view.index, this.#layer);
  }

  get #shape(): readonly number[] {
    return this.answers.activation(this.#layer).shape;
  }

  #key({ name }: Series): string {
    return `${this.view.method}|${this.#layer}|${name}`;
  }
}

function planesOf({ data, shape }: HostTensor): Planes {
  const [, height, width, channels] = shape as readonly [number, number, number, number];
  return { data, height, width, channels };
}
