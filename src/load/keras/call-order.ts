/** The calls of a model's layers, each behind the calls whose results it takes. */
import { GradCamError } from "../../errors.ts";
import { type Call, referencesOf, TensorReference } from "./call.ts";
import type { LayerConfig, ModelConfig } from "./config.ts";

export interface LayerCalling {
  readonly layer: LayerConfig;
  /** The how manieth call of this layer, from 0. */
  readonly node: number;
  readonly call: Call;
}

export interface CallSequence {
  readonly calls: readonly LayerCalling[];
  readonly inputs: readonly TensorReference[];
  readonly outputs: readonly TensorReference[];
  /** A key for the results of a call, by what refers to them. */
  readonly keyOf: (reference: Pick<TensorReference, "layer" | "node">) => string;
}

/** Throws E_GRAPH for a cycle, and for references to calls that do not exist. */
export function callSequence(model: ModelConfig, where: string): CallSequence {
  return model.kind === "sequential" ? oneBehindTheOther(model) : inOrder(model, where);
}

const key = (layer: string, node: number): string => `${layer}\0${node}`;

/** What a Sequential without an InputLayer begins with; no layer has this name. */
const NAMELESS = "";

function oneBehindTheOther({ layers }: ModelConfig): CallSequence {
  const called = layers.filter(({ kind }) => kind !== "InputLayer");
  const first = layers.find(({ kind }) => kind === "InputLayer")?.name ?? NAMELESS;
  const results = [first, ...called.map(({ name }) => name)].map((name) => new TensorReference(name, 0, 0));
  return {
    calls: called.map((layer, i) => ({ layer, node: 0, call: { args: [results[i]], kwargs: new Map() } })),
    inputs: results.slice(0, 1),
    outputs: results.slice(-1),
    keyOf: ({ layer, node }) => key(layer, node),
  };
}

type State = "open" | "done";

function inOrder(model: ModelConfig, where: string): CallSequence {
  const { layers, inputs, outputs } = model;
  const all = layers.flatMap((layer) => layer.calls.map((call, node) => ({ layer, node, call })));
  const shifts = shiftedModels(model);
  const keyOf = ({ layer, node }: Pick<TensorReference, "layer" | "node">): string =>
    key(layer, node - (shifts.has(layer) ? 1 : 0));
  const byKey = new Map(all.map((calling) => [key(calling.layer.name, calling.node), calling]));
  const given = new Set(inputs.map(keyOf));
  const states = new Map<LayerCalling, State>();
  const calls: LayerCalling[] = [];
  const sources = ({ call }: LayerCalling): LayerCalling[] =>
    referencesOf(call).flatMap((reference) => {
      const source = byKey.get(keyOf(reference));
      if (!source && !given.has(keyOf(reference))) throw dangling(model, reference, where);
      return source ?? [];
    });
  for (const start of all) {
    const stack = [start];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const before = states.get(top);
      if (before === undefined) {
        states.set(top, "open");
        // All at once: a call may take thousands of tensors.
        const waiting = sources(top).filter((one) => states.get(one) !== "done");
        for (const one of waiting.reverse()) {
          if (states.get(one) === "open") throw waitsForItself(one);
          stack.push(one);
        }
        continue;
      }
      if (before === "open") calls.push(top);
      states.set(top, "done");
      stack.pop();
    }
  }
  return { calls, inputs, outputs, keyOf };
}

/**
 * Keras 2 counts the calls of a nested model from 1: call 0 is its own beginning. Its last call is always referred to, or it
 * would not have been saved, and tells which way of counting it is.
 */
function shiftedModels({ layers, outputs }: ModelConfig): ReadonlySet<string> {
  const references = [...layers.flatMap(({ calls }) => calls.flatMap(referencesOf)), ...outputs];
  const lengths = new Map(layers.filter(({ model }) => model).map(({ name, calls }) => [name, calls.length]));
  return new Set(references.filter(({ layer, node }) => lengths.get(layer) === node).map(({ layer }) => layer));
}

const waitsForItself = ({ layer }: LayerCalling): GradCamError =>
  new GradCamError("E_GRAPH", { where: layer.attributes.where, got: "a layer that waits for itself" });

const dangling = ({ name }: ModelConfig, { layer, node, tensor }: TensorReference, where: string): GradCamError =>
  new GradCamError("E_GRAPH", {
    where: `${where}: model "${name}"`,
    expected: "references to tensors that its layers make",
    got: JSON.stringify([layer, node, tensor]),
  });
