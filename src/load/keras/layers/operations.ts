/**
 * Operations that were called between layers: `keras.ops` (nodes of Keras 3) and TensorFlow functions (TFOpLambda of Keras 2).
 * Arguments may be tensors or numbers.
 */
import type { ValueId } from "../../../graph/graph.ts";
import { type LayerCall, type LayerRule, type LayerRules, only, TensorArgument } from "./rule.ts";

/** The argument at a position or of one of these names. */
function argument(call: LayerCall, position: number, ...names: readonly string[]): unknown {
  const named = names.find((name) => call.kwargs.has(name));
  return named === undefined ? call.args[position] : call.kwargs.get(named);
}

function operand(call: LayerCall, position: number, name: string): ValueId {
  const value = argument(call, position, name);
  if (value instanceof TensorArgument) return value.value;
  if (typeof value === "number" && Number.isFinite(value)) return call.constant(name, [value], [1]);
  throw call.attributes.invalid(name, "a tensor or a number", value);
}

const binary =
  (op: "add" | "sub" | "mul" | "div" | "maximum" | "minimum", a = "x1", b = "x2"): LayerRule =>
  (call) =>
    call.node(op, call.name, [operand(call, 0, a), operand(call, 1, b)], {});

const unary =
  (op: "relu" | "sigmoid" | "tanh" | "softplus" | "softsign" | "selu" | "swish" | "mish" | "exponential"): LayerRule =>
  (call) =>
    call.node(op, call.name, [only(call)], {});

const relu6: LayerRule = (call) => call.node("clippedRelu", call.name, [only(call)], { max: 6 });

/** Where Keras 3 keeps an attribute in the configuration, TensorFlow has it among the arguments. */
const integersOf = (call: LayerCall, name: string, position: number): readonly number[] | undefined => {
  const value = argument(call, position, name) ?? call.attributes.raw(name);
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (value === undefined || value === null) return undefined;
  if (list.every((one) => Number.isInteger(one))) return list as number[];
  throw call.attributes.invalid(name, "integers", value);
};

const softmax: LayerRule = (call) => {
  const x = only(call);
  const [axis = -1] = integersOf(call, "axis", 1) ?? [];
  const rank = call.shape(x).length;
  if (axis === -1 || axis === rank - 1) return call.node("softmax", call.name, [x], {});
  throw call.attributes.invalid("axis", "the last axis", axis);
};

/** The mean over all positions of a picture. */
const mean: LayerRule = (call) => {
  const x = only(call);
  const axes = integersOf(call, "axis", 1) ?? [];
  const keepDims = (argument(call, 2, "keepdims") ?? call.attributes.flag("keepdims", false)) === true;
  if ([...axes].sort().join() === "1,2" && call.shape(x).length === 4) {
    return call.node("globalAveragePool", call.name, [x], { keepDims });
  }
  throw call.attributes.invalid("axis", "[1, 2] of a picture", axes);
};

const concatenate: LayerRule = (call) => {
  const [axis = -1] = integersOf(call, "axis", 1) ?? [];
  return call.node("concat", call.name, call.inputs, { axis });
};

/** By the class of the operation. */
export const operationRules: LayerRules = {
  Add: binary("add"),
  Subtract: binary("sub"),
  Multiply: binary("mul"),
  Divide: binary("div"),
  TrueDivide: binary("div"),
  Maximum: binary("maximum"),
  Minimum: binary("minimum"),
  Relu: unary("relu"),
  Relu6: relu6,
  Sigmoid: unary("sigmoid"),
  Tanh: unary("tanh"),
  Softplus: unary("softplus"),
  Softsign: unary("softsign"),
  Selu: unary("selu"),
  Silu: unary("swish"),
  Exp: unary("exponential"),
  Softmax: softmax,
  Mean: mean,
  Concatenate: concatenate,
};

/** By the name of the function below `tf`. */
export const functionRules: LayerRules = {
  "math.add": binary("add", "x", "y"),
  "math.subtract": binary("sub", "x", "y"),
  "math.multiply": binary("mul", "x", "y"),
  "math.divide": binary("div", "x", "y"),
  "math.truediv": binary("div", "x", "y"),
  "math.maximum": binary("maximum", "x", "y"),
  "math.minimum": binary("minimum", "x", "y"),
  "__operators__.add": binary("add", "x", "y"),
  "math.reduce_mean": mean,
  "math.exp": unary("exponential"),
  "math.sigmoid": unary("sigmoid"),
  "math.tanh": unary("tanh"),
  "math.softplus": unary("softplus"),
  "nn.relu": unary("relu"),
  "nn.relu6": relu6,
  "nn.silu": unary("swish"),
  "nn.sigmoid": unary("sigmoid"),
  "nn.softmax": softmax,
  "nn.tanh": unary("tanh"),
  concat: concatenate,
};
