/** Builds a graph node by node, inferring every shape on the way: a wrong attribute fails where it is written. */
import { GradCamError } from "../errors.ts";
import { type AttrsOf, ops, type OpTable, type OpType } from "../ops/index.ts";
import type { Op } from "../ops/op.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import type { Graph, Layer, Node, Value, ValueId } from "./graph.ts";
import { type NetworkLimits, NO_LIMITS } from "./limits.ts";
import type { Parameter } from "./parameter.ts";

/** Builds a graph node by node; every method answers the value that the node makes. Throws E_INPUT_SHAPE where shapes do not fit. */
export class GraphBuilder {
  readonly name: string;
  readonly format: string;
  readonly #limits: NetworkLimits;
  readonly #more: OpTable;
  readonly #values: Value[] = [];
  readonly #nodes: Node[] = [];
  /** By value: where the node that makes it is in #nodes. */
  readonly #makers = new Map<ValueId, number>();
  readonly #inputs: ValueId[] = [];
  readonly #layers: Layer[] = [];
  readonly #names = new Set<string>();

  /**
   * @param limits of one value and of the number of operators
   * @param more operators beside those of the core: file-builder.ts has them all
   */
  constructor(name: string, format: string, limits: NetworkLimits = NO_LIMITS, more: OpTable = {}) {
    this.name = name;
    this.format = format;
    this.#limits = limits;
    this.#more = more;
  }

  /** A model input, batch first, e.g. [1,224,224,3]. */
  input(name: string, shape: Shape): ValueId {
    const id = this.#value({ name, shape });
    this.#inputs.push(id);
    return id;
  }

  /** A stored tensor; `shape` is what operators see. Throws E_SHAPE_MISMATCH when the file holds another number of elements. */
  parameter(name: string, shape: Shape, parameter: Parameter): ValueId {
    if (parameter.source.length !== elements(shape)) {
      throw new GradCamError("E_SHAPE_MISMATCH", {
        where: `weight "${name}"`,
        expected: showShape(shape),
        got: showShape(parameter.stored),
        hint: "the file belongs to another architecture, input size or number of classes",
      });
    }
    return this.#value({ name, shape, parameter });
  }

  /** Adds one operator call and returns its output value, named like the node. Throws E_SHAPE, E_ATTR_INVALID, E_TENSOR_TOO_LARGE, E_NETWORK_TOO_LARGE. */
  node<T extends OpType>(op: T, name: string, inputs: readonly (ValueId | undefined)[], attrs: AttrsOf<T>): ValueId {
    const rule = this.#rule(op);
    const shapes = inputs.map((id) => (id === undefined ? undefined : this.shape(id)));
    const where = `${op} "${name}"`;
    const shape = rule.shape(shapes, attrs, where);
    this.#checkSize(shape, where);
    this.#checkCount(where);
    const output = this.#value({ name, shape });
    const own = Object.hasOwn(ops, op) ? {} : { rule };
    this.#makers.set(output, this.#nodes.length);
    this.#nodes.push({ op, name, inputs, output, attrs, ...own } as unknown as Node);
    return output;
  }

  /** Whether an operator can be called with these inputs: all that it needs, undefined only where it can do without. */
  takesInputs(type: OpType, inputs: readonly (ValueId | undefined)[]): boolean {
    const names = this.#rule(type).inputs;
    const variadic = names.at(-1)!.startsWith("...");
    const needs = (index: number): boolean => !(names[index] ?? "").endsWith("?");
    if (inputs.length > names.length && !variadic) return false;
    return Array.from({ length: Math.max(inputs.length, names.length) }, (_, i) => i).every(
      (i) => inputs[i] !== undefined || !needs(i),
    );
  }

  /**
   * Declares that the layer called `name` in the file answers with `output`, which with `repeats` is another layer's answer.
   * Throws E_NAME_INVALID on a second one.
   */
  layer(name: string, kind: string, output: ValueId, repeats = false): ValueId {
    if (this.#names.has(name)) {
      throw new GradCamError("E_NAME_INVALID", { where: `layer "${name}"`, got: "a second layer of this name" });
    }
    this.#names.add(name);
    this.#layers.push({ name, kind, output, ...(repeats && { repeats }) });
    return output;
  }

  /** Of a value that was made before. */
  shape(id: ValueId): Shape {
    return this.#values[id]!.shape;
  }

  /** Of a value that was made before. */
  nameOf(id: ValueId): string {
    return this.#values[id]!.name;
  }

  /** Says of a value [N,…,C] that its file has it as [N,C,…]. */
  channelsFirst(id: ValueId): void {
    this.#values[id] = { ...this.#values[id]!, channelsFirst: true };
  }

  /** Whether `channelsFirst` was said of it. */
  isChannelsFirst(id: ValueId): boolean {
    return this.#values[id]!.channelsFirst === true;
  }

  /** Calls a value, and the node that makes it, as it is called where it leaves the network. */
  rename(id: ValueId, name: string): void {
    this.#values[id] = { ...this.#values[id]!, name };
    const at = this.#makers.get(id);
    if (at !== undefined) this.#nodes[at] = { ...this.#nodes[at]!, name };
  }

  /** Whether a layer of this name has been declared. */
  hasLayer(name: string): boolean {
    return this.#names.has(name);
  }

  /** The graph, with these values as its outputs. */
  finish(outputs: readonly ValueId[]): Graph {
    return {
      name: this.name,
      format: this.format,
      values: this.#values,
      nodes: this.#nodes,
      inputs: this.#inputs,
      outputs,
      layers: this.#layers,
    };
  }

  #rule(type: OpType): Op {
    const rule = (ops as OpTable)[type] ?? this.#more[type];
    if (rule) return rule;
    throw new GradCamError("E_UNSUPPORTED_OP", { where: this.name, expected: "an operator of the core", got: type });
  }

  #checkSize(shape: Shape, where: string): void {
    const bytes = elements(shape) * Float32Array.BYTES_PER_ELEMENT;
    if (bytes <= this.#limits.tensorBytes) return;
    throw new GradCamError("E_TENSOR_TOO_LARGE", {
      where,
      expected: `at most ${this.#limits.tensorBytes} bytes (limit tensorBytes)`,
      got: `${showShape(shape)}, ${bytes} bytes`,
    });
  }

  #checkCount(where: string): void {
    const { operators } = this.#limits;
    if (this.#nodes.length < operators) return;
    const expected = `at most ${operators} operators (limit operators)`;
    throw new GradCamError("E_NETWORK_TOO_LARGE", { where, expected, got: "one more" });
  }

  #value(value: Value): ValueId {
    this.#values.push(value);
    return this.#values.length - 1;
  }
}
