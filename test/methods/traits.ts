/** What methods ask of a network, seen by watching them at work on a small one. Series are not run: they are counted. */
import type { AttributeMethod } from "../../src/attribute/method.ts";
import type { CamMethod, LayerProbe, Series } from "../../src/cam/method.ts";
import { optionValues } from "../../src/method-options.ts";
import { methodCalled, type MethodName } from "../../src/methods.ts";
import { createModel, type Model } from "../../src/node.ts";
import { Objective } from "../../src/objective.ts";
import { InputView } from "../../src/probe/input-probe.ts";
import { Group, Memo } from "../../src/probe/group.ts";
import { LayerView } from "../../src/probe/layer-probe.ts";
import { averaged, input } from "./networks.ts";

export interface Traits {
  readonly sees: "layer" | "pixels";
  readonly classSpecific: boolean;
  readonly gradients: boolean;
  /** Pictures that are run besides the one that is explained, and samples for which the part behind the layer is run. */
  readonly pictures: readonly string[];
  readonly heads: readonly string[];
}

/** Of probes, what reads as a gradient. Folds see gradients of other pictures. */
const GRADIENTS = ["gradient", "meanGradient", "curvature", "ruled", "biases", "fold"];

class Watch {
  gradients = false;
  readonly pictures: string[] = [];
  readonly heads: string[] = [];
  readonly #options: Readonly<Record<string, number | string>>;

  constructor(options: Readonly<Record<string, number | string>>) {
    this.#options = options;
  }

  over<Probe extends object>(probe: Probe, channels: number): Probe {
    return new Proxy(probe, {
      get: (own, name) => {
        if (GRADIENTS.includes(String(name))) this.gradients = true;
        // Every value of the head, and its tangent.
        if (name === "curvature") this.heads.push("2");
        if (name === "layer" && own instanceof InputView && own.layer) return this.over(own.layer, own.layer.channels);
        const counted = { scores: this.pictures, tally: this.pictures, head: this.heads, fold: this.pictures }[
          String(name)
        ];
        if (!counted) return Reflect.get(own, name, own) as unknown;
        const run = Reflect.get(own, name, own) as (...all: unknown[]) => unknown;
        return (series: Series, ...more: unknown[]) => {
          counted.push(this.#amount(series.count, channels));
          const isSum = name === "fold" || name === "tally";
          return isSum ? run(series, ...more) : Promise.resolve(new Float64Array(series.count));
        };
      },
    });
  }

  /** By what sets it: an option, or the layer's channels. */
  #amount(count: number, channels: number): string {
    if (count === 1) return "1";
    const named = this.#option(count);
    if (named !== undefined) return named;
    if (count % channels !== 0) return "one per patch";
    return `${this.#option(count / channels) ?? "one"} per channel`;
  }

  /** "samples (25)". */
  #option(count: number): string | undefined {
    const option = Object.entries(this.#options).find(([, value]) => value === count);
    return option && `${option[0]} (${count})`;
  }
}

export async function traitsOf(name: MethodName): Promise<Traits> {
  const model = await createModel(averaged());
  try {
    return await watched(model, name);
  } finally {
    model.dispose();
  }
}

async function watched(model: Model, name: MethodName): Promise<Traits> {
  const method: CamMethod | AttributeMethod = methodCalled(name);
  // The picture is small.
  const options = optionValues(name, method.options, { patch: 4, stride: 4 });
  const watch = new Watch(options);
  const layer = name === "cam" ? "last" : "first";
  const tensor = model.inputs[0]!.name;
  await model.ask(input(), [layer, tensor], async (answers) => {
    const objective = new Objective((o) => o.logit(1), answers.logits, "softmax", 1);
    const group = new Group({ answers, seed: 0, objectives: [objective], memo: new Memo() }, 0);
    const view = { group, index: 0, method: name, linear: name === "cam" };
    if ("attribution" in method) {
      const probe = new InputView(view, tensor, method.layered && layer);
      return method.attribution(watch.over(probe, Infinity), options);
    }
    const own = new LayerView(view, layer);
    const probe: LayerProbe = watch.over(own, own.channels);
    if ("weights" in method) return method.weights(probe, options);
    return "volume" in method ? method.volume(probe, options) : method.map(probe, options);
  });
  const sees = "attribution" in method ? "pixels" : "layer";
  const classSpecific = !("classAgnostic" in method) && name !== "random-cam";
  const { gradients, pictures, heads } = watch;
  return { sees, classSpecific, gradients, pictures, heads };
}
