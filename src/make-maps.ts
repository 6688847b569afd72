/** Runs methods: for every question the raw maps by all methods and layers. What a single method makes of a probe: draft.ts. */
import { type Answers, MAX_SEEDS } from "./answers.ts";
import { unit } from "./cam/masks.ts";
import type { Warning } from "./cam/normalize.ts";
import { pipelineOf } from "./compat-pipelines.ts";
import {
  copied,
  type Draft,
  inputDraft,
  isAgnostic,
  layerDraft,
  seesInput,
  seesLayers,
  stagesOf,
  type Variant,
  variantOf,
} from "./draft.ts";
import { GradCamError } from "./errors.ts";
import type { LayerChoice } from "./explanation.ts";
import { enlarged, fuse } from "./fuse.ts";
import type { Map2D } from "./image/image.ts";
import type { OptionValues } from "./method-options.ts";
import type { MethodName } from "./methods.ts";
import type { TensorInfo } from "./model-input.ts";
import { fused } from "./pipeline.ts";
import { type Common, Group, Memo } from "./probe/group.ts";
import { InputView } from "./probe/input-probe.ts";
import { breather, type Conduct } from "./series.ts";
import { LayerView, type View } from "./probe/layer-probe.ts";
import type { Question, Wishes } from "./question.ts";
import type { HostTensor } from "./tensor.ts";

/** A method with the options and the layers that it is called with. */
export interface MethodCall {
  readonly name: MethodName;
  readonly options: OptionValues;
  readonly choices: readonly LayerChoice[];
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

/** The name by which answers know the input, and […, height, width, channels]. */
type InputInfo = Pick<TensorInfo, "name" | "shape">;

export class MapMaker {
  readonly #answers: Answers;
  readonly #questions: readonly Question[];
  readonly #wishes: Wishes;
  readonly #input: InputInfo;
  /** By rule. */
  readonly #commonOf = new Map<string, Common>();
  readonly #undefined = new Set<MethodName>();

  readonly #breathe: () => Promise<void>;

  constructor(
    answers: Answers,
    questions: readonly Question[],
    wishes: Wishes,
    { input, conduct }: { readonly input: InputInfo; readonly conduct: Conduct },
  ) {
    this.#answers = answers;
    this.#questions = questions;
    this.#wishes = wishes;
    this.#input = input;
    this.#breathe = breather(conduct);
  }

  /** For every question the maps by all methods and layers, the last fastest. */
  async all(calls: readonly MethodCall[]): Promise<Made[][]> {
    const jobs = calls.flatMap((call) => layersOf(call).map((layer) => ({ call, layer, drafts: [] as Draft[] })));
    for (let first = 0; first < this.#questions.length; first += MAX_SEEDS) {
      const groups = new Memo();
      for (const { call, layer, drafts } of jobs) {
        await this.#unlessUndefined(call, async () => {
          const group = await groups.of(this.#ruleOf(call), () =>
            Promise.resolve(new Group(this.#common(call), first)),
          );
          for (let i = 0; i < group.objectives.length; i++) {
            await this.#breathe();
            const shared = isAgnostic(call.name) ? drafts[0] : undefined;
            drafts.push(shared ? copied(shared) : await this.#draft(call, layer, this.#view(call, group, first, i)));
          }
        });
      }
    }
    const defined = jobs.filter(({ call }) => !this.#undefined.has(call.name));
    const made = defined.map(({ call, layer, drafts }) => this.#finish(call, layer, drafts));
    return this.#questions.map((_, i) => {
      const mine = made.map((ofJob) => ofJob[i]!);
      return [...new Set(defined.map(({ call }) => call))].flatMap(({ name, choices }) =>
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

  #common(call: MethodCall): Common {
    const rule = this.#ruleOf(call);
    const known = this.#commonOf.get(rule);
    if (known) return known;
    const variant = this.#variant(call);
    const objectives = variant?.score
      ? this.#questions.map((question) => question.under((scored) => variant.score!(scored, call.options)))
      : this.#questions.map(({ objective }) => objective);
    const common = { answers: this.#answers, seed: this.#wishes.seed, objectives, memo: new Memo() };
    this.#commonOf.set(rule, common);
    return common;
  }

  #variant({ name }: MethodCall): Variant | undefined {
    return variantOf(name, this.#wishes.compat);
  }

  #draft({ name, options }: MethodCall, layer: string, view: View): Promise<Draft> {
    const { compat, smooth } = this.#wishes;
    const manner = { options, eigen: smooth === "eigen", ...(compat && { compat }) };
    if (seesInput(name)) {
      return inputDraft(name, new InputView(view, this.#input.name, layer === INPUT ? undefined : layer), manner);
    }
    return layerDraft(name, new LayerView(view, layer), manner);
  }

  /** Weights of all questions become maps in one product. */
  #finish(call: MethodCall, layer: string, drafts: readonly Draft[]): Made[] {
    const { objectives } = this.#common(call);
    const weights = drafts.flatMap((draft) => draft.weights ?? []);
    const sums = weights.length > 0 ? this.#answers.weightedSums(layer, weights) : [];
    let next = 0;
    const mean = pipelineOf(this.#wishes.compat).meanOverChannels;
    return drafts.map((draft, i) => {
      const { weights: mine, warnings } = draft;
      const raw = draft.raw ?? { data: sums[next++]!, ...this.#sizeOf(layer) };
      checkFinite(raw, call.name, layer);
      if (mean && mine) raw.data.forEach((value, at) => (raw.data[at] = value / mine.length));
      const made = { method: call.name, layer, raw, parameters: call.options, warnings, score: objectives[i]!.value };
      const { attribution } = draft;
      const facts = draft.facts && finiteFacts(draft.facts);
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
      const raw = stagesOf(method)
        ? fuse(enlarged(raws).map(toUnit), "product")
        : fused(pipelineOf(compat), raws, { method, how, sign, shape: this.#input.shape });
      return { ...parts[0]!, layer: choice, raw, warnings: parts.flatMap(({ warnings }) => warnings) };
    });
  }
}

/** A NaN would be drawn as a blank map. Throws E_NONFINITE. */
function checkFinite({ data }: Map2D, method: MethodName, layer: string): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new GradCamError("E_NONFINITE", {
    where: `${method} of layer "${layer}"`,
    expected: "a map of finite numbers",
    got: String(data[bad]),
    hint: "try engine.exact, another layer, or smaller options of the method",
  });
}

/** JSON has no word for what is infinite, such as the ratio to an eigenvalue of 0: such a fact is left out. */
const finiteFacts = (facts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => Number.isFinite(value)));

/** The layer of methods that see none. */
const INPUT = "input";

/** Every layer once. */
const layersOf = ({ name, choices }: MethodCall): readonly string[] =>
  seesLayers(name) ? [...new Set(choices.flat())] : [INPUT];

const toUnit = (map: Map2D): Map2D => ({ ...map, data: unit(map.data) });
