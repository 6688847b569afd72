/** What tests of methods share: the golden tables, and probes whose random numbers are given. */
import { type Answers } from "../../src/answers.ts";
import type { LayerProbe, Recipe } from "../../src/cam/method.ts";
import type { OptionSpecs } from "../../src/cam/option.ts";
import type { HostTensor, Model } from "../../src/node.ts";
import { Objective } from "../../src/objective.ts";
import { Group, Memo } from "../../src/probe/group.ts";
import { LayerView } from "../../src/probe/layer-probe.ts";
import { reduced } from "../../src/cam/reduce.ts";
import { goldenFloats, goldenJson } from "../support/golden.ts";

export type Table = "cam" | "scores" | "input";

/** One array of a table. */
export interface Row {
  readonly key: string;
  readonly method: string;
  readonly source: string;
  readonly what?: string;
  readonly picture: string;
  readonly cls: number;
  readonly layer?: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly window?: number;
}

const FOLDER = "efficientnet-lite0";

export const rowsOf = (table: Table): readonly Row[] =>
  goldenJson<{ maps: Row[] }>(`${FOLDER}/methods/${table}.json`).maps;

export const valuesOf = (table: Table, { offset, shape }: Row): Float32Array =>
  goldenFloats(
    `${FOLDER}/methods/${table}.f32`,
    offset,
    shape.reduce((a, b) => a * b, 1),
  );

export const picture = (name: string): HostTensor => ({
  data: goldenFloats(`${FOLDER}/inputs/${name}.f32`),
  shape: [1, 224, 224, 3],
});

/** Means of squares of `side` pixels of [height, width, channels]. */
export function blockMeans(data: Float32Array, width: number, channels: number, side: number): Float32Array {
  const across = width / side;
  const means = new Float64Array(data.length / side ** 2);
  data.forEach((value, i) => {
    const [pixel, channel] = [Math.floor(i / channels), i % channels];
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    means[(Math.floor(y / side) * across + Math.floor(x / side)) * channels + channel]! += value / side ** 2;
  });
  return Float32Array.from(means);
}

interface Given {
  readonly recipe: Recipe<OptionSpecs>;
  readonly layer: string;
  readonly target: number;
  readonly options: Readonly<Record<string, number>>;
  readonly random: LayerProbe["random"];
}

/** What a recipe finds for the logit of a class, with random numbers that are given. */
function found(model: Model, input: HostTensor, given: Given): Promise<{ data: Float32Array; channels: number }> {
  const { recipe, layer, target, options, random } = given;
  return model.ask(input, [layer], async (answers: Answers) => {
    const objective = new Objective((o) => o.logit(target), answers.logits, "softmax", target);
    const group = new Group({ answers, seed: 0, objectives: [objective], memo: new Memo() }, 0);
    const probe = new LayerView({ group, index: 0, method: "test", linear: true }, layer);
    const fed: LayerProbe = new Proxy(probe, {
      get: (own, name) => (name === "random" ? random : (Reflect.get(own, name, own) as unknown)),
    });
    if ("map" in recipe) throw new Error("neither weights nor a volume");
    const answer = await ("volume" in recipe ? recipe.volume(fed, options) : recipe.weights(fed, options));
    return { data: answer instanceof Float32Array ? answer : answer.data, channels: probe.channels };
  });
}

/** The weights of channels. */
export const weightsWith = async (model: Model, input: HostTensor, given: Given): Promise<Float32Array> =>
  (await found(model, input, given)).data;

/** The map of a volume. */
export async function mapWith(model: Model, input: HostTensor, given: Given): Promise<Float32Array> {
  const { data, channels } = await found(model, input, given);
  return reduced(data, "sum", channels);
}
