/**
 * The messages of ONNX that an inference graph is made of, with the field numbers of onnx.proto (IR version 8).
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import type { Shape } from "../../src/shape.ts";
import { embedded, float, integer, integers, type LazyBytes, type Message, text, texts } from "./protobuf.ts";

const IR_VERSION = 8;
const OPSET = 17;

/** TensorProto.DataType. */
const DATA_TYPE = { float: 1, int64: 7 } as const;
/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPE = { float: 1, integer: 2, integers: 7 } as const;

/** A number is an integer attribute; `{ float }` a real one. */
export type AttributeValue = number | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

function nodeProto({ op, inputs, output, attributes = {} }: OnnxNode): Message {
  return [
    ...texts(1, inputs),
    ...text(2, output),
    ...text(3, output),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => embedded(5, attributeProto(name, value))),
  ];
}

function attributeProto(name: string, value: AttributeValue): Message {
  if (typeof value === "number")
    return [...text(1, name), ...integer(3, value), ...integer(20, ATTRIBUTE_TYPE.integer)];
  if ("float" in value) return [...text(1, name), ...float(2, value.float), ...integer(20, ATTRIBUTE_TYPE.float)];
  return [...text(1, name), ...integers(8, value), ...integer(20, ATTRIBUTE_TYPE.integers)];
}

export const floatTensor = (name: string, shape: Shape, data: Uint8Array | LazyBytes): Message => [
  ...integers(1, shape),
  ...integer(2, DATA_TYPE.float),
  ...text(8, name),
  ...embedded(9, [data]),
];

export function int64Tensor(name: string, values: readonly number[]): Message {
  const data = BigInt64Array.from(values, BigInt);
  return [
    ...integers(1, [values.length]),
    ...integer(2, DATA_TYPE.int64),
    ...text(8, name),
    ...embedded(9, [new Uint8Array(data.buffer)]),
  ];
}

/** A float tensor that goes in or comes out. */
export const valueInfo = (name: string, shape: Shape): Message => {
  const dimensions = shape.flatMap((size) => embedded(1, integer(1, size)));
  const type = embedded(1, [...integer(1, DATA_TYPE.float), ...embedded(2, dimensions)]);
  return [...text(1, name), ...embedded(2, type)];
};

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
}

export function modelProto({ name, nodes, initializers, inputs, outputs }: OnnxGraph): Message {
  const graph: Message = [
    ...nodes.flatMap((node) => embedded(1, nodeProto(node))),
    ...text(2, name),
    ...initializers.flatMap((tensor) => embedded(5, tensor)),
    ...inputs.flatMap((value) => embedded(11, value)),
    ...outputs.flatMap((value) => embedded(12, value)),
  ];
  const opset: Message = [...text(1, ""), ...integer(2, OPSET)];
  return [...integer(1, IR_VERSION), ...text(2, "gradcam-wasm"), ...embedded(7, graph), ...embedded(8, opset)];
}
