/**
 * Operations that were called between layers: `keras.ops` (nodes of Keras 3) and TensorFlow functions (TFOpLambda of Keras 2).
 * Arguments may be tensors or numbers.
 */
import type { AttrsOf, ValueId } from "../../../graph/graph.ts";
import { integersOf, operand } from "./operation-arguments.ts";
import { reduction, softmax } from "./operations-over-axes.ts";
import { type LayerRule, type LayerRules, only, singleAxis } from "./rule.ts";

const binary =
  (op: "add" | "sub" | "mul" | "div" | "maximum" | "minimum" | "pow", a = "x1", b = "x2"): LayerRule =>
  (call) =>
    call.node(op, call.name, [operand(call, 0, a), operand(call, 1, b)], {});

const unary =
  (op: "relu" | "sigmoid" | "tanh" | "softplus" | "softsign" | "selu" | "swish" | "mish" | "exponential"): LayerRule =>
  (call) =>
    call.node(op, call.name, [only(call)], {});

const relu6: LayerRule = (call) => call.node("clippedRelu", call.name, [only(call)], { max: 6 });

/** min(max(x, low), high) */
const clip =
  (low: string, high: string): LayerRule =>
  (call) => {
    const bound = (position: number, name: string): ValueId => {
      const value = call.attributes.number(name);
      return value === undefined ? operand(call, position, name) : call.constant(name, [value], [1]);
    };
    const [x] = call.inputs;
    if (x === undefined) throw call.attributes.invalid("inputs", "one tensor", 0);
    const raised = call.node("maximum", `${call.name}/raised`, [x, bound(1, low)], {});
    return call.node("minimum", call.name, [raised, bound(2, high)], {});
  };

const compare =
  (fn: AttrsOf<"compare">["fn"], a = "x1", b = "x2"): LayerRule =>
  (call) =>
    call.node("compare", call.name, [operand(call, 0, a), operand(call, 1, b)], { fn });

const where =
  (a: string, b: string): LayerRule =>
  (call) =>
    call.node("where", call.name, [operand(call, 0, "condition"), operand(call, 1, a), operand(call, 2, b)], {});

/** Functions without a kernel, as NumPy and TensorFlow call them. */
const UNARY = [
  ["abs", "Absolute", "abs"],
  ["acos", "Arccos", "acos"],
  ["acosh", "Arccosh", "acosh"],
  ["asin", "Arcsin", "asin"],
  ["asinh", "Arcsinh", "asinh"],
  ["atan", "Arctan", "atan"],
  ["atanh", "Arctanh", "atanh"],
  ["ceil", "Ceil", "ceil"],
  ["cos", "Cos", "cos"],
  ["cosh", "Cosh", "cosh"],
  ["erf", "Erf", "erf"],
  ["expm1", "Expm1", "expm1"],
  ["floor", "Floor", "floor"],
  ["log", "Log", "log"],
  ["log1p", "Log1p", "log1p"],
  ["logSigmoid", "LogSigmoid", "log_sigmoid"],
  ["neg", "Negative", "negative"],
  ["reciprocal", "Reciprocal", "reciprocal"],
  ["rsqrt", "Rsqrt", "rsqrt"],
  ["sign", "Sign", "sign"],
  ["sin", "Sin", "sin"],
  ["sinh", "Sinh", "sinh"],
  ["sqrt", "Sqrt", "sqrt"],
  ["square", "Square", "square"],
  ["tan", "Tan", "tan"],
] as const;

const pointwise =
  (fn: (typeof UNARY)[number][0]): LayerRule =>
  (call) =>
    call.node("unary", call.name, [only(call)], { fn });

const concatenate: LayerRule = (call) => {
  const [first] = call.inputs;
  if (first === undefined) throw call.attributes.invalid("inputs", "at least one tensor", 0);
  const axis = singleAxis(call, integersOf(call, "axis", 1) ?? [-1], call.shape(first).length);
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
  Mish: unary("mish"),
  Softmax: softmax("softmax"),
  LogSoftmax: softmax("logSoftmax"),
  Power: binary("pow"),
  Clip: clip("x_min", "x_max"),
  Where: where("x1", "x2"),
  Less: compare("less"),
  LessEqual: compare("lessOrEqual"),
  Greater: compare("greater"),
  GreaterEqual: compare("greaterOrEqual"),
  Equal: compare("equal"),
  NotEqual: compare("notEqual"),
  Mean: reduction("mean"),
  Sum: reduction("sum"),
  Max: reduction("max"),
  Min: reduction("min"),
  Prod: reduction("prod"),
  Logsumexp: reduction("logSumExp"),
  ...Object.fromEntries(UNARY.map(([fn, name]) => [name, pointwise(fn)])),
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
  "math.pow": binary("pow", "x", "y"),
  "math.reduce_mean": reduction("mean"),
  "math.reduce_sum": reduction("sum"),
  "math.reduce_max": reduction("max"),
  "math.reduce_min": reduction("min"),
  "math.reduce_prod": reduction("prod"),
  "math.reduce_logsumexp": reduction("logSumExp"),
  "math.less": compare("less", "x", "y"),
  "math.less_equal": compare("lessOrEqual", "x", "y"),
  "math.greater": compare("greater", "x", "y"),
  "math.greater_equal": compare("greaterOrEqual", "x", "y"),
  "math.equal": compare("equal", "x", "y"),
  "math.not_equal": compare("notEqual", "x", "y"),
  where: where("x", "y"),
  clip_by_value: clip("clip_value_min", "clip_value_max"),
  ...Object.fromEntries(UNARY.map(([fn, , name]) => [`math.${name}`, pointwise(fn)])),
  "math.exp": unary("exponential"),
  "math.sigmoid": unary("sigmoid"),
  "math.tanh": unary("tanh"),
  "math.softplus": unary("softplus"),
  "nn.relu": unary("relu"),
  "nn.relu6": relu6,
  "nn.silu": unary("swish"),
  "nn.sigmoid": unary("sigmoid"),
  "nn.softmax": softmax("softmax"),
  "nn.log_softmax": softmax("logSoftmax"),
  "nn.tanh": unary("tanh"),
  concat: concatenate,
};
