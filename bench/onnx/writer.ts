/** An ONNX graph under construction: what the translations of single operators write to. */
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { readParameter } from "../../src/graph/parameter.ts";
import { elements, type Shape } from "../../src/shape.ts";
import type { LazyBytes, Message } from "./protobuf.ts";
import { type AttributeValue, floatTensor, int64Tensor, type OnnxNode } from "./schema.ts";

export class OnnxWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Message[] = [];
  readonly #graph: Graph;
  readonly #names: ReadonlyMap<ValueId, string>;
  readonly #written = new Set<string>();

  /** @param names values that must be called so; all others get names of no meaning. */
  constructor(graph: Graph, names: ReadonlyMap<ValueId, string>) {
    this.#graph = graph;
    this.#names = names;
  }

  shape(id: ValueId): Shape {
    return this.#graph.values[id]!.shape;
  }

  /** An activation; maps are stored [N,C,H,W] under this name. */
  value(id: ValueId): string {
    if (this.#graph.values[id]!.parameter)
      throw new Error(`"${this.#graph.values[id]!.name}": a weight is used as an activation`);
    return this.#names.get(id) ?? `value${id}`;
  }

  node(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    this.nodes.push({ op, inputs, output, attributes });
    return output;
  }

  /**
   * A parameter as an initializer.
   * @param permutation axis k of the result is axis permutation[k] of ours
   * @param shape of the result, when it is to be reshaped as well
   */
  weight(id: ValueId, permutation?: readonly number[], shape?: Shape): string {
    const { parameter, shape: own } = this.#graph.values[id]!;
    if (!parameter) throw new Error(`"${this.#graph.values[id]!.name}" is computed; expected a weight`);
    const name = [`weight${id}`, ...(permutation ?? [])].join("_");
    const order = permutation ?? own.map((_, axis) => axis);
    const data = floats(elements(own), async () => {
      const values = await readParameter(parameter);
      const source = { length: values.length, read: (start: number, end: number) => values.subarray(start, end) };
      return permutation ? readParameter({ source, stored: own, permutation }) : values;
    });
    return this.#initialize(name, floatTensor(name, shape ?? order.map((axis) => own[axis]!), data));
  }

  /** A tensor of one value, without axes. */
  scalar(value: number): string {
    const name = `scalar_${value}`;
    return this.#initialize(name, floatTensor(name, [], new Uint8Array(Float32Array.of(value).buffer)));
  }

  int64(values: readonly number[]): string {
    const name = `int64_${values.join("_")}`;
    return this.#initialize(name, int64Tensor(name, values));
  }

  #initialize(name: string, tensor: Message): string {
    if (!this.#written.has(name)) this.initializers.push(tensor);
    this.#written.add(name);
    return name;
  }
}

/** ONNX stores little-endian, as every machine that runs this does. */
function floats(count: number, read: () => Promise<Float32Array>): LazyBytes {
  return {
    byteLength: count * 4,
    async *chunks() {
      const values = await read();
      yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    },
  };
}
