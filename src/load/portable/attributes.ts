/** The attributes of every operator as a file may state them: anything else is refused. What passes set is not among them. */
import { GradCamError } from "../../errors.ts";
import type { AttrsOf, OpType } from "../../graph/graph.ts";
import { show } from "../show.ts";

type Kind = "number" | "numbers" | "boolean" | "text" | "activation";

type Attributes = Readonly<Record<string, Kind | `${Kind}?`>>;

const WINDOW = { strides: "numbers", padding: "numbers", dilations: "numbers", activation: "activation?" } as const;
const POOL = {
  kernel: "numbers",
  strides: "numbers",
  padding: "numbers",
  ceilMode: "boolean?",
  dilations: "numbers?",
  countIncludePad: "boolean?",
} as const;
const NONE = {} as const;

/** A new operator does not compile without an entry. */
const ATTRIBUTES: Readonly<Record<OpType, Attributes>> = {
  add: NONE,
  avgPool: POOL,
  batchNorm: { epsilon: "number" },
  clippedRelu: { max: "number" },
  compare: { fn: "text" },
  concat: { axis: "number" },
  conv2d: { ...WINDOW, groups: "number" },
  convTranspose2d: {
    strides: "numbers",
    padding: "numbers",
    dilations: "numbers",
    groups: "number",
    outputPadding: "numbers",
  },
  crop: { cropping: "numbers" },
  dense: { activation: "activation?" },
  depthwiseConv2d: WINDOW,
  div: NONE,
  elu: { alpha: "number" },
  exponential: NONE,
  extend: { before: "numbers", after: "numbers", mode: "text", value: "number" },
  gelu: { approximate: "boolean" },
  globalAveragePool: { keepDims: "boolean" },
  globalMaxPool: { keepDims: "boolean" },
  hardSigmoid: { alpha: "number", beta: "number" },
  hardSwish: NONE,
  leakyRelu: { alpha: "number" },
  lrn: { size: "number", alpha: "number", beta: "number", bias: "number" },
  matmul: { transposeA: "boolean", transposeB: "boolean" },
  logSoftmax: { axis: "number" },
  maximum: NONE,
  maxPool: POOL,
  minimum: NONE,
  mish: NONE,
  mul: NONE,
  pad: { padding: "numbers", value: "number" },
  pow: NONE,
  reduce: { fn: "text", axes: "numbers", keepDims: "boolean" },
  relu: NONE,
  reshape: { shape: "numbers" },
  resize: {
    size: "numbers",
    mode: "text",
    coordinates: "text",
    rounding: "text?",
    cubic: "number?",
    antialias: "boolean?",
    excludeOutside: "boolean?",
    scales: "numbers?",
  },
  selu: NONE,
  sigmoid: NONE,
  slice: { starts: "numbers", sizes: "numbers", steps: "numbers" },
  softmax: NONE,
  softplus: NONE,
  softsign: NONE,
  standardize: { axes: "numbers", epsilon: "number", center: "boolean" },
  sub: NONE,
  swish: NONE,
  tanh: NONE,
  tile: { repeats: "numbers" },
  transpose: { perm: "numbers" },
  unary: { fn: "text", alpha: "number?", beta: "number?" },
  upsample: { factor: "numbers", mode: "text" },
  where: NONE,
};

export const isOperator = (op: unknown): op is OpType => typeof op === "string" && Object.hasOwn(ATTRIBUTES, op);

const isNumber = (value: unknown): value is number => typeof value === "number" && !Number.isNaN(value);

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Longer than the list of any attribute. */
const LONGEST = 64;

const FITS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  number: isNumber,
  numbers: (value) => Array.isArray(value) && value.length <= LONGEST && value.every(isNumber),
  boolean: (value) => typeof value === "boolean",
  text: (value) => typeof value === "string",
  activation: (value) =>
    isFields(value) &&
    ((value["kind"] === "relu" && Object.keys(value).length === 1) ||
      (value["kind"] === "clipped-relu" && Object.keys(value).length === 2 && isNumber(value["max"]))),
};

/** Throws E_ATTR_INVALID for an attribute that is missing, of another kind, or not known. Their values are the operator's to check. */
export function readAttributes<T extends OpType>(op: T, value: unknown, where: string): AttrsOf<T> {
  const attrs = isFields(value) ? value : {};
  const known = ATTRIBUTES[op];
  const unknown = Object.keys(attrs).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined || !isFields(value)) {
    const expected = `attributes ${Object.keys(known).join(", ") || "none"}`;
    throw new GradCamError("E_ATTR_INVALID", { where, expected, got: show(unknown ?? value) });
  }
  for (const [name, stated] of Object.entries(known)) {
    const optional = stated.endsWith("?");
    const kind = (optional ? stated.slice(0, -1) : stated) as Kind;
    if (Object.hasOwn(attrs, name) ? FITS[kind](attrs[name]) : optional) continue;
    const expected = `${name}, ${kind}`;
    throw new GradCamError("E_ATTR_INVALID", { where, expected, got: show(attrs[name]) });
  }
  return attrs as AttrsOf<T>;
}
