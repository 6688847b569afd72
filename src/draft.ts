/** What one method makes of one probe: weights, which become maps together with those of other questions, or a map already. */
import type { AttributeMethod, InputProbe } from "./attribute/method.ts";
import type { Compat } from "./cam/compat.ts";
import { firstComponent } from "./cam/first-component.ts";
import type { CamMethod, Findings, LayerProbe, Recipe } from "./cam/method.ts";
import type { Warning } from "./cam/normalize.ts";
import type { OptionSpecs } from "./cam/option.ts";
import { reduced } from "./cam/reduce.ts";
import { GradCamError } from "./errors.ts";
import type { Map2D } from "./image/image.ts";
import type { OptionValues } from "./method-options.ts";
import { methodCalled, type MethodName } from "./methods.ts";
import type { HostTensor } from "./tensor.ts";

export interface Draft {
  /** One of the two. */
  readonly raw?: Map2D;
  readonly weights?: Float32Array;
  readonly attribution?: HostTensor;
  readonly facts?: Readonly<Record<string, number>>;
  readonly warnings: readonly Warning[];
}

/** How a method is asked. */
interface Manner {
  readonly options: OptionValues;
  readonly compat?: Compat;
  /** The first component of what is summed over channels, in place of the sum. */
  readonly eigen: boolean;
}

export type Variant = Recipe<OptionSpecs> & Pick<CamMethod, "score" | "classAgnostic">;

/** The recipe of a class-activation method; undefined for input-space methods. */
export function variantOf(name: MethodName, compat: Compat | undefined): Variant | undefined {
  const method = methodCalled(name);
  if ("attribution" in method) return undefined;
  return (compat && method.compat?.[compat]) ?? method;
}

export async function inputDraft(name: MethodName, probe: InputProbe, { options, compat }: Manner): Promise<Draft> {
  const method = methodCalled(name) as AttributeMethod;
  const variant = (compat && method.compat?.[compat]) ?? method;
  const { data, ...rest } = findings(await variant.attribution(probe, options));
  const { height, width, channels } = probe.input;
  const raw = { data: reduced(data, method.reduce, channels), width, height };
  const attribution = method.reduce === "none" ? {} : { attribution: { data, shape: [height, width, channels] } };
  return { warnings: NONE, ...rest, raw, ...attribution };
}

export async function layerDraft(name: MethodName, probe: LayerProbe, manner: Manner): Promise<Draft> {
  const { options, compat, eigen } = manner;
  const variant = variantOf(name, compat)!;
  const answer = await answerOf(variant, probe, options);
  if ("weights" in variant && !eigen && answer instanceof Float32Array) return { weights: answer, warnings: NONE };
  const { channels, width, height, activation, products } = probe;
  const { data, ...rest } = findings(answer);
  const draft = { warnings: NONE, ...rest };
  const mapOf = (values: Float32Array): Draft => ({ ...draft, raw: { data: values, width, height } });
  if ("map" in variant) {
    if (eigen) throw unsmooth(name);
    return mapOf(data);
  }
  if (eigen) {
    const volume = "weights" in variant ? activation.map((value, i) => value * data[i % channels]!) : data;
    const { data: map, ratio } = firstComponent(volume, channels, products);
    return { ...mapOf(map), facts: { ...rest.facts, eigenvalueRatio: ratio } };
  }
  return "weights" in variant ? { ...draft, weights: data } : mapOf(reduced(data, "sum", channels));
}

export const seesInput = (name: MethodName): boolean => "attribution" in methodCalled(name);

export function seesLayers(name: MethodName): boolean {
  const method = methodCalled(name);
  return !("attribution" in method) || method.layered === true;
}

export function isAgnostic(name: MethodName): boolean {
  const method = methodCalled(name);
  return "classAgnostic" in method && method.classAgnostic;
}

/** How many map sizes a method takes layers of; undefined where it takes the layers that it is given. */
export function stagesOf(name: MethodName): number | undefined {
  const method = methodCalled(name);
  return "stages" in method ? method.stages : undefined;
}

/** For another question, which must not share what users may write to. */
export const copied = (draft: Draft): Draft => ({
  ...draft,
  ...(draft.raw && { raw: { ...draft.raw, data: draft.raw.data.slice() } }),
});

const NONE: readonly Warning[] = [];

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
