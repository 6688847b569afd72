/**
 * Runs a network's program by the operators of TensorFlow.js, biases and activations fused as its converter fuses them.
 * The program's layout is TensorFlow's own.
 */
import type { ValueId } from "../../../src/graph/graph.ts";
import type { Program, ProgramNode } from "../../networks/program.ts";
import type { Tensor, Tf } from "./tf.ts";

type Pair = readonly [number, number];
type Sides = readonly [top: number, bottom: number, left: number, right: number];
type Activation = "relu" | "relu6";

export interface Step extends ProgramNode {
  readonly activation?: Activation;
}

export type Values = Map<ValueId, Tensor>;

/** Nodes with the ReLU behind a product drawn into it, unless the value between is asked for. */
export function stepsOf({ nodes, layer, logits }: Program): Step[] {
  const readers = new Map<ValueId, number>();
  for (const { inputs } of nodes) {
    for (const id of inputs) if (id !== null) readers.set(id, (readers.get(id) ?? 0) + 1);
  }
  const steps: Step[] = [];
  for (const node of nodes) {
    const activation = activationOf(node);
    const before = steps.findIndex(({ output }) => output === node.inputs[0]);
    const product = steps[before];
    const alone = product && readers.get(product.output) === 1 && ![layer, logits].includes(product.output);
    if (activation && alone && !product.activation && PRODUCTS.includes(product.op)) {
      steps[before] = { ...product, output: node.output, activation };
    } else steps.push(node);
  }
  return steps;
}

const PRODUCTS: readonly string[] = ["conv2d", "depthwiseConv2d", "dense"];

function activationOf({ op, attrs }: ProgramNode): Activation | undefined {
  if (op === "relu") return "relu";
  return op === "clippedRelu" && attrs["max"] === 6 ? "relu6" : undefined;
}

/** Adds the output of every step to `values`. Throws on operators that are not translated. */
export function run(tf: Tf, steps: readonly Step[], values: Values): Values {
  for (const step of steps) {
    const operator = OPERATORS[step.op];
    if (!operator) throw new Error(`${step.op} "${step.name}" is not translated for TensorFlow`);
    const inputs = step.inputs.filter((id) => id !== null).map((id) => values.get(id)!);
    values.set(step.output, operator(tf, inputs, step));
  }
  return values;
}

type Operator = (tf: Tf, inputs: Tensor[], step: Step) => Tensor;

const OPERATORS: Readonly<Partial<Record<string, Operator>>> = {
  conv2d: (tf, inputs, step) => tf.fused.conv2d(convolution(tf, inputs, step)),
  depthwiseConv2d: (tf, inputs, step) => tf.fused.depthwiseConv2d(convolution(tf, inputs, step)),
  dense: (tf, [a, b, bias], { activation }) =>
    tf.fused.matMul({ a: a!, b: b!, ...(bias && { bias }), ...(activation && { activation }) }),
  relu: (tf, [x]) => tf.relu(x!),
  clippedRelu: (tf, [x], { attrs }) =>
    attrs["max"] === 6 ? tf.relu6(x!) : tf.clipByValue(x!, 0, attrs["max"] as number),
  softmax: (tf, [x]) => tf.softmax(x!),
  add: (tf, [a, b]) => tf.add(a!, b!),
  maxPool(tf, [x], { attrs }) {
    const [size, strides] = [attrs["kernel"] as Pair, attrs["strides"] as Pair];
    const { x: padded, pad } = fitted(tf, x!, attrs["padding"] as Sides, { size, strides, value: -Infinity });
    return tf.maxPool(padded, size, strides, pad);
  },
  globalAveragePool: (tf, [x], { attrs }) => tf.mean(x!, [1, 2], attrs["keepDims"] === true),
  pad: (tf, [x], { attrs }) => tf.pad(x!, sides(attrs["padding"] as Sides), attrs["value"] as number),
  reshape: (tf, [x], { attrs }) => tf.reshape(x!, [x!.shape[0]!, ...(attrs["shape"] as number[])]),
};

function convolution(tf: Tf, [x, filter, bias]: Tensor[], { attrs, activation }: Step): ConvolutionOptions {
  if ((attrs["groups"] ?? 1) !== 1) throw new Error("TensorFlow.js has no convolutions in groups");
  const [strides, dilations] = [attrs["strides"] as Pair, attrs["dilations"] as Pair];
  const size = [0, 1].map((axis) => dilations[axis]! * (filter!.shape[axis]! - 1) + 1) as unknown as Pair;
  const fit = fitted(tf, x!, attrs["padding"] as Sides, { size, strides, value: 0 });
  return {
    ...fit,
    filter: filter!,
    strides,
    dilations,
    ...(bias && { bias }),
    ...(activation && { activation }),
  };
}

type ConvolutionOptions = Parameters<Tf["fused"]["conv2d"]>[0];

interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly value: number;
}

/** The padding as TensorFlow can say it, or written around x where it cannot: not every kernel has explicit paddings. */
function fitted(
  tf: Tf,
  x: Tensor,
  padding: Sides,
  { size, strides, value }: Window,
): { x: Tensor; pad: "same" | "valid" } {
  if (padding.every((side) => side === 0)) return { x, pad: "valid" };
  const same = [0, 1].every((axis) => {
    const input = x.shape[1 + axis]!;
    const stride = strides[axis]!;
    const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + size[axis]! - input);
    return padding[2 * axis] === total >> 1 && padding[2 * axis + 1] === total - (total >> 1);
  });
  return same ? { x, pad: "same" } : { x: tf.pad(x, sides(padding), value), pad: "valid" };
}

const sides = ([top, bottom, left, right]: Sides): Pair[] => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];
