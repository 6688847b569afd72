/** Runs methods: for every question the raw maps by all methods and layers. */
import { type Answers, MAX_SEEDS } from "./answers.ts";
import { firstComponent } from "./cam/first-component.ts";
import type { CamMethod, Findings, LayerProbe, Recipe } from "./cam/method.ts";
import type { Warning } from "./cam/normalize.ts";
import type { OptionSpecs } from "./cam/option.ts";
import { pipelineOf } from "./compat-pipelines.ts";
import { GradCamError } from "./errors.ts";
import type { LayerChoice } from "./explanation.ts";
import type { Map2D } from "./image/image.ts";
import type { OptionValues } from "./method-options.ts";
import { type MethodName, methodCalled } from "./methods.ts";
import type { TensorInfo } from "./model-input.ts";
import type { Objective } from "./objective.ts";
import { fused } from "./pipeline.ts";
import { Group, Memo } from "./probe/group.ts";
import { InputView } from "./probe/input-probe.ts";
import { LayerView, type View } from "./probe/layer-probe.ts";
import type { Question, Wishes } from "./question.ts";
import { reduced } from "./cam/reduce.ts";
import type { HostTensor } from "./tensor.ts";

/** A method with the options that it is called with. */
export interface MethodCall {
  readonly name: MethodName;
  readonly options: OptionValues;
}

/** What a method made of a layer for one question. */
export interface Made {
  readonly method: MethodName;
  readonly layer: string | readonly string[];
  readonly raw: Map2D;
  readonly attribution?: HostTensor;
  readonly parameters: OptionValues;
  readonly facts?: Readonly<Record<string, number>>;
  readonly warnings: readonly Warning[];
  /** The value of what was explained. */
  readonly score: number;
}

/** Before weights have become maps. */
interface Draft extends Omit<Made, "raw" | "layer" | "method" | "parameters" | "score"> {
  readonly raw?: Map2D;
  readonly weights?: Float32Array;
}

/** The name by which answers know the input, and […, height, width, channels]. */
type InputInfo = Pick<TensorInfo, "name" | "shape">;

type Variant = Recipe<OptionSpecs> & Pick<CamMethod, "score" | "classAgnostic">;

export class MapMaker {
  readonly #answers: Answers;
  readonly #questions: readonly Question[];
  readonly #wishes: Wishes;
  readonly #input: InputInfo;
  readonly #memo = new Memo();
  readonly #undefined = new Set<MethodName>();
  readonly #objectivesOf = new Map<string, readonly Objective[]>();

  constructor(answers: Answers, questions: readonly Question[], wishes: Wishes, input: InputInfo) {
    this.#answers = answers;
    this.#questions = questions;
    this.#wishes = wishes;
    this.#input = input;
  }

  /** For every question the maps by all methods and layers, the last fastest. */
  async all(calls: readonly MethodCall[], choices: readonly LayerChoice[]): Promise<Made[][]> {
    const single = [...new Set(choices.flat())];
    const jobs = calls.flatMap((call) =>
      layersOf(call, single).map((layer) => ({ call, layer, drafts: [] as Draft[] })),
    );
    for (let first = 0; first < this.#questions.length; first += MAX_SEEDS) {
      const groups = new Memo();
      for (const { call, layer, drafts } of jobs) {
        await this.#unlessUndefined(call, async () => {
          const group = await groups.of(this.#ruleOf(call), () => Promise.resolve(this.#group(call, first)));
          for (let i = 0; i < group.objectives.length; i++) {
            const shared = isAgnostic(call) ? drafts[0] : undefined;
            drafts.push(shared ? copied(shared) : await this.#draft(call, layer, this.#view(call, group, first, i)));
          }
        });
      }
    }
    const defined = jobs.filter(({ call }) => !this.#undefined.has(call.name));
    const made = defined.map(({ call, layer, drafts }) => this.#finish(call, layer, drafts));
    return this.#questions.map((_, i) => {
      const mine = made.map((ofJob) => ofJob[i]!);
      return [...new Set(defined.map(({ call }) => call))].flatMap(({ name }) =>
        this.#chosen(
          mine.filter(({ method }) => method === name),
          choices,
        ),
      );
    });
  }

  /** Does some of a method's work, unless the caller wants to hear of methods that are not defined, and this one is not. */
  async #unlessUndefined({ name }: MethodCall, work: () => Promise<void>): Promise<void> {
    if (this.#undefined.has(name)) return;
    try {
      await work();
    } catch (error) {
      const { onUndefined } = this.#wishes;
      if (!onUndefined || !(error instanceof GradCamError) || error.code !== "E_METHOD") throw error;
      this.#undefined.add(name);
      onUndefined(name, error);
    }
  }

  #view(call: MethodCall, group: Group, first: number, index: number): View {
    const linear = !this.#variant(call)?.score && this.#questions[first + index]!.target.isLinear === true;
    return { group, index, method: call.name, linear };
  }

  /** Methods that explain the same scores share a group; those with a rule of their own have their own. */
  #ruleOf(call: MethodCall): string {
    return this.#variant(call)?.score ? call.name : "";
  }

  #objectives(call: MethodCall): readonly Objective[] {
    const rule = this.#ruleOf(call);
    const known = this.#objectivesOf.get(rule);
    if (known) return known;
    const variant = this.#variant(call);
    const objectives = variant?.score
      ? this.#questions.map((question) => question.under((scored) => variant.score!(scored, call.options)))
      : this.#questions.map(({ objective }) => objective);
    this.#objectivesOf.set(rule, objectives);
    return objectives;
  }

  #group(call: MethodCall, first: number): Group {
    const rule = this.#ruleOf(call);
    const all = this.#objectives(call);
    const common = { answers: this.#answers, seed: this.#wishes.seed, memo: this.#memo };
    return new Group(common, all.slice(first, first + MAX_SEEDS), async (index, layer) => {
      const find = () => this.#answers.meanGradients(all.map(({ seed }) => seed));
      const means = await this.#memo.of(`means ${rule}`, find);
      return means.get(layer)![first + index]!;
    });
  }

  /** The recipe of a class-activation method; undefined for input-space methods. */
  #variant({ name }: MethodCall): Variant | undefined {
    const method = methodCalled(name);
    if ("attribution" in method) return undefined;
    const { compat } = this.#wishes;
    return (compat && method.compat?.[compat]) ?? method;
  }

  async #draft(call: MethodCall, layer: string, view: View): Promise<Draft> {
    const method = methodCalled(call.name);
    if (!("attribution" in method)) return this.#layerDraft(call, new LayerView(view, layer));
    const probe = new InputView(view, this.#input.name, layer === INPUT ? undefined : layer);
    const { compat } = this.#wishes;
    const variant = (compat && method.compat?.[compat]) ?? method;
    const { data, ...rest } = findings(await variant.attribution(probe, call.options));
    const { height, width, channels } = probe.input;
    const raw = { data: reduced(data, method.reduce, channels), width, height };
    const attribution = method.reduce === "none" ? {} : { attribution: { data, shape: [height, width, channels] } };
    return { warnings: NONE, ...rest, raw, ...attribution };
  }

  async #layerDraft(call: MethodCall, probe: LayerProbe): Promise<Draft> {
    const variant = this.#variant(call)!;
    const answer = await answerOf(variant, probe, call.options);
    const eigen = this.#wishes.smooth === "eigen";
    if ("weights" in variant && !eigen && answer instanceof Float32Array) return { weights: answer, warnings: NONE };
    const { channels, width, height, activation } = probe;
    const { data, ...rest } = findings(answer);
    const draft = { warnings: NONE, ...rest };
    const mapOf = (values: Float32Array): Draft => ({ ...draft, raw: { data: values, width, height } });
    if ("map" in variant) {
      if (eigen) throw unsmooth(call.name);
      return mapOf(data);
    }
    if (eigen) {
      const volume = "weights" in variant ? activation.map((value, i) => value * data[i % channels]!) : data;
      const { data: map, ratio } = firstComponent(volume, channels);
      return { ...mapOf(map), facts: { ...rest.facts, eigenvalueRatio: ratio } };
    }
    return "weights" in variant ? { ...draft, weights: data } : mapOf(reduced(data, "sum", channels));
  }

  /** Weights of all questions become maps in one product. */
  #finish(call: MethodCall, layer: string, drafts: readonly Draft[]): Made[] {
    const objectives = this.#objectives(call);
    const weights = drafts.flatMap((draft) => draft.weights ?? []);
    const sums = weights.length > 0 ? this.#answers.weightedSums(layer, weights) : [];
    let next = 0;
    const mean = pipelineOf(this.#wishes.compat).meanOverChannels;
    return drafts.map((draft, i) => {
      const { weights: mine, warnings } = draft;
      const raw = draft.raw ?? { data: sums[next++]!, ...this.#sizeOf(layer) };
      if (mean && mine) raw.data.forEach((value, at) => (raw.data[at] = value / mine.length));
      const made = { method: call.name, layer, raw, parameters: call.options, warnings, score: objectives[i]!.value };
      const { facts, attribution } = draft;
      return facts || attribution ? { ...made, ...(facts && { facts }), ...(attribution && { attribution }) } : made;
    });
  }

  #sizeOf(layer: string): Pick<Map2D, "width" | "height"> {
    const [, height, width] = this.#answers.activation(layer).shape as readonly [number, number, number, number];
    return { width, height };
  }

  /** Of one method's maps those that were asked for, combined where several layers were. */
  #chosen(made: readonly Made[], choices: readonly LayerChoice[]): Made[] {
    if (!seesLayers(made[0]!.method)) return [...made];
    return choices.map((choice) => {
      if (typeof choice === "string") return made.find(({ layer }) => layer === choice)!;
      const parts = choice.map((name) => made.find(({ layer }) => layer === name)!);
      const { compat, sign, fuse: how = "mean" } = this.#wishes;
      const raws = parts.map(({ raw }) => raw);
      const { method } = parts[0]!;
      const raw = fused(pipelineOf(compat), raws, { method, how, sign, shape: this.#input.shape });
      return { ...parts[0]!, layer: choice, raw, warnings: parts.flatMap(({ warnings }) => warnings) };
    });
  }
}

const NONE: readonly Warning[] = [];

/** The layer of methods that see none. */
const INPUT = "input";

function seesLayers(name: MethodName): boolean {
  const method = methodCalled(name);
  return !("attribution" in method) || method.layered === true;
}

const layersOf = ({ name }: MethodCall, layers: readonly string[]): readonly string[] =>
  seesLayers(name) ? layers : [INPUT];

function isAgnostic({ name }: MethodCall): boolean {
  const method = methodCalled(name);
  return "classAgnostic" in method && method.classAgnostic;
}

const copied = (draft: Draft): Draft => ({
  ...draft,
  ...(draft.raw && { raw: { ...draft.raw, data: draft.raw.data.slice() } }),
});

const findings = (answer: Float32Array | Findings): Findings =>
  answer instanceof Float32Array ? { data: answer } : answer;

function answerOf(recipe: Variant, probe: LayerProbe, options: OptionValues) {
  if ("weights" in recipe) return recipe.weights(probe, options);
  return "volume" in recipe ? recipe.volume(probe, options) : recipe.map(probe, options);
}

function unsmooth(method: string): GradCamError {
  return new GradCamError("E_OPTION", {
    where: 'smooth "eigen"',
    expected: "a method that sums over channels",
    got: method,
    hint: 'use smooth "aug", or another method',
  });
}
