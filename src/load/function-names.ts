/** Functions of one variable that ONNX and TensorFlow call alike, with our names for them. */
import type { AttrsOf } from "../graph/graph.ts";

export const FUNCTION_NAMES = {
  Abs: "abs",
  Acos: "acos",
  Acosh: "acosh",
  Asin: "asin",
  Asinh: "asinh",
  Atan: "atan",
  Atanh: "atanh",
  Ceil: "ceil",
  Cos: "cos",
  Cosh: "cosh",
  Erf: "erf",
  Floor: "floor",
  Log: "log",
  Neg: "neg",
  Reciprocal: "reciprocal",
  Round: "round",
  Sign: "sign",
  Sin: "sin",
  Sinh: "sinh",
  Sqrt: "sqrt",
  Tan: "tan",
} as const satisfies Readonly<Record<string, AttrsOf<"unary">["fn"]>>;
