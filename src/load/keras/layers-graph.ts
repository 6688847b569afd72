/**
 * From a Keras configuration to a graph: every call of every layer in an order in which its inputs are known, nested models
 * spread out. It knows nothing of files: weights come from a lookup, rules from the layer table.
 */
import { GradCamError } from "../../errors.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import { fileBuilder } from "../../graph/file-builder.ts";
import type { Graph, ValueId } from "../../graph/graph.ts";
import type { Pair, Shape } from "../../shape.ts";
import type { Limits } from "../limits.ts";
import { CallOf, readCall } from "./layer-call.ts";
import { type CallSequence, callSequence, type LayerCalling } from "./call-order.ts";
import { referencesOf, type TensorReference } from "./call.ts";
import type { ModelConfig } from "./config.ts";
import { inputShapesOf } from "./input-shape.ts";
import { LayerNames, type Scope, WHOLE } from "./layer-names.ts";
import { findRule } from "./layers/index.ts";
import { refuseUnsupported } from "./unsupported.ts";
import { WeightBook } from "./weight-book.ts";
import type { WeightLookup } from "./weights.ts";

export interface LayersGraphOptions {
  /** What `Graph.format` says. */
  readonly format: string;
  /** The file, for errors. */
  readonly where: string;
  /** Of the Keras that wrote the file: hard_sigmoid and others changed between 2 and 3. */
  readonly kerasMajor: number;
  readonly limits: Limits;
  /** Height and width of pictures, for inputs that leave them open. */
  readonly inputShape?: Pair | undefined;
  /** Whole shapes of such inputs by name, batch first. */
  readonly inputShapes?: Readonly<Record<string, Shape>> | undefined;
}

/**
 * Throws E_UNSUPPORTED_LAYER and E_UNSAFE_LAYER with all such layers, E_WEIGHT_MISSING and E_SHAPE_MISMATCH with all such
 * weights, E_ATTR_INVALID, E_GRAPH, E_INPUT_SHAPE, E_TENSOR_TOO_LARGE, E_SHAPE.
 */
export function layersGraph(config: ModelConfig, weights: WeightLookup, options: LayersGraphOptions): Graph {
  refuseUnsupported(config, options.where);
  return new Walk(config, weights, options).run(config);
}

type ValueOf = (reference: TensorReference) => ValueId;

class Walk {
  readonly #builder: GraphBuilder;
  readonly #weights: WeightBook;
  readonly #names: LayerNames;
  readonly #options: LayersGraphOptions;
  /** Of models that were called: one may be called again and again. */
  readonly #sequences = new Map<ModelConfig, CallSequence>();
  #calls = 0;

  constructor(config: ModelConfig, weights: WeightLookup, options: LayersGraphOptions) {
    this.#builder = fileBuilder(config.name, options.format, options.limits);
    this.#weights = new WeightBook(this.#builder, weights);
    this.#names = new LayerNames(config);
    this.#options = options;
  }

  run(config: ModelConfig): Graph {
    const shapes = inputShapesOf(config, this.#options);
    const inputs = shapes.map(({ name, shape }) => this.#builder.input(name, shape));
    const outputs = this.#model(config, inputs, WHOLE);
    this.#weights.check(this.#options.where);
    return this.#builder.finish(outputs);
  }

  /** What a model answers, all calls of its layers added to the graph. */
  #model(model: ModelConfig, given: readonly ValueId[], scope: Scope): ValueId[] {
    const { calls, inputs, outputs, keyOf } = this.#sequence(model);
    if (inputs.length !== given.length) throw this.#inconsistent(model, `${inputs.length} inputs`, `${given.length}`);
    const results = new Map(inputs.map((reference, i) => [keyOf(reference), [given[i]!]]));
    const valueOf: ValueOf = (reference) => {
      const value = results.get(keyOf(reference))?.[reference.tensor];
      if (value !== undefined) return value;
      const { layer, node, tensor } = reference;
      throw this.#inconsistent(model, "tensors that its layers make", JSON.stringify([layer, node, tensor]));
    };
    for (const calling of calls) {
      results.set(`${calling.layer.name}\0${calling.node}`, this.#call(calling, valueOf, scope));
    }
    return outputs.map(valueOf);
  }

  #sequence(model: ModelConfig): CallSequence {
    const sequence = this.#sequences.get(model) ?? callSequence(model, this.#options.where);
    this.#sequences.set(model, sequence);
    return sequence;
  }

  #call({ layer, node, call }: LayerCalling, valueOf: ValueOf, scope: Scope): ValueId[] {
    const { tensors } = this.#options.limits;
    if (++this.#calls > tensors) {
      const expected = `at most ${tensors} calls of layers, those inside of nested models included (limit tensors)`;
      throw new GradCamError("E_GRAPH", { where: this.#options.where, expected, got: "more" });
    }
    const inner = this.#names.enter(scope, layer, node);
    const inputs = referencesOf(call).map(valueOf);
    if (inputs.length === 0) {
      const { where } = layer.attributes;
      throw new GradCamError("E_GRAPH", { where, expected: "calls with at least one tensor", got: "none" });
    }
    if (layer.model) {
      const outputs = this.#model(layer.model, inputs, inner);
      this.#builder.layer(inner.name, layer.kind, outputs[0]!, true);
      return outputs;
    }
    const arguments_ = new CallOf(this.#builder, this.#weights, this.#options, {
      scope: inner,
      layer,
      inputs,
      call: readCall(call, valueOf),
    });
    const output = findRule(layer)!(arguments_);
    this.#builder.layer(inner.name, layer.kind, output, inputs.includes(output));
    return [output];
  }

  #inconsistent({ name }: ModelConfig, expected: string, got: string): GradCamError {
    return new GradCamError("E_GRAPH", { where: `${this.#options.where}: model "${name}"`, expected, got });
  }
}
