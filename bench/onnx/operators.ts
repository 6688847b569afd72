/**
 * How each operator of ours is said in ONNX (opset 17): maps [N,H,W,C] become [N,C,H,W], kernels HWIO become OIHW.
 * Only what the benchmarked networks use; anything else is refused.
 */
import type { Node, ValueId } from "../../src/graph/graph.ts";
import type { OpType } from "../../src/ops/index.ts";
import type { Pair, Padding } from "../../src/shape.ts";
import type { OnnxWriter } from "./writer.ts";

type Translation<T extends OpType> = (node: Extract<Node, { op: T }>, out: OnnxWriter) => void;

const TO_NCHW = [0, 3, 1, 2] as const;
const TO_NHWC = [0, 2, 3, 1] as const;

const translations: { readonly [T in OpType]?: Translation<T> } = {
  conv2d({ name, inputs: [x, w, b, residual], output, attrs: { groups, ...window } }, out) {
    if (residual !== undefined) throw new Error(`conv2d "${name}": fused graphs are not exported`);
    const inputs = [out.value(x!), out.weight(w!, [3, 2, 0, 1]), ...bias(b, out)];
    out.node("Conv", inputs, out.value(output), { group: groups, ...slidingWindow(window) });
  },
  depthwiseConv2d({ inputs: [x, w, b], output, attrs }, out) {
    const [kH, kW, channels, multiplier] = out.shape(w!) as readonly [number, number, number, number];
    const kernel = out.weight(w!, [2, 3, 0, 1], [channels * multiplier, 1, kH, kW]);
    const inputs = [out.value(x!), kernel, ...bias(b, out)];
    out.node("Conv", inputs, out.value(output), { group: channels, ...slidingWindow(attrs) });
  },
  dense({ inputs: [x, w, b], output }, out) {
    out.node("Gemm", [out.value(x!), out.weight(w!), ...bias(b, out)], out.value(output));
  },
  batchNorm({ name, inputs: [x, ...parameters], output, attrs }, out) {
    const weights = parameters.map((id) => {
      if (id === undefined) throw new Error(`batchNorm "${name}": expected gamma and beta`);
      return out.weight(id);
    });
    out.node("BatchNormalization", [out.value(x!), ...weights], out.value(output), {
      epsilon: { float: attrs.epsilon },
    });
  },
  relu: ({ inputs: [x], output }, out) => void out.node("Relu", [out.value(x!)], out.value(output)),
  clippedRelu({ inputs: [x], output, attrs }, out) {
    out.node("Clip", [out.value(x!), out.scalar(0), out.scalar(attrs.max)], out.value(output));
  },
  softmax({ inputs: [x], output }, out) {
    out.node("Softmax", [out.value(x!)], out.value(output), { axis: out.shape(x!).length === 4 ? 1 : -1 });
  },
  add({ inputs: [a, b], output }, out) {
    out.node("Add", [out.value(a!), out.value(b!)], out.value(output));
  },
  maxPool({ inputs: [x], output, attrs: { kernel, ceilMode = false, dilations = [1, 1], ...rest } }, out) {
    const attributes = { kernel_shape: kernel, ceil_mode: Number(ceilMode), ...slidingWindow({ ...rest, dilations }) };
    out.node("MaxPool", [out.value(x!)], out.value(output), attributes);
  },
  globalAveragePool({ inputs: [x], output, attrs: { keepDims } }, out) {
    const y = out.value(output);
    const pooled = out.node("GlobalAveragePool", [out.value(x!)], keepDims ? y : `${y}_map`);
    if (!keepDims) out.node("Flatten", [pooled], y, { axis: 1 });
  },
  pad({ inputs: [x], output, attrs: { padding, value } }, out) {
    const [top, bottom, left, right] = padding;
    const pads = out.int64([0, 0, top, left, 0, 0, bottom, right]);
    out.node("Pad", [out.value(x!), pads, out.scalar(value)], out.value(output));
  },
  /** Our order of elements is that of [N,H,W,C]. */
  reshape({ inputs: [x], output }, out) {
    const [before, after, y] = [out.shape(x!), out.shape(output), out.value(output)];
    const from = before.length === 4 ? toNhwc(out.value(x!), `${y}_nhwc`, out) : out.value(x!);
    const reshaped = out.node("Reshape", [from, out.int64(after)], after.length === 4 ? `${y}_reshaped` : y);
    if (after.length === 4) toNchw(reshaped, y, out);
  },
};

/** Adds what `node` means. Throws on an operator that has no translation. */
export function translate(node: Node, out: OnnxWriter): void {
  const translation = translations[node.op] as ((node: Node, out: OnnxWriter) => void) | undefined;
  if (!translation) throw new Error(`${node.op} "${node.name}": bench/onnx/operators.ts has no translation for it`);
  translation(node, out);
}

export const toNchw = (from: string, to: string, out: OnnxWriter): string =>
  out.node("Transpose", [from], to, { perm: TO_NCHW });

const toNhwc = (from: string, to: string, out: OnnxWriter): string =>
  out.node("Transpose", [from], to, { perm: TO_NHWC });

const bias = (id: ValueId | undefined, out: OnnxWriter): string[] => (id === undefined ? [] : [out.weight(id)]);

function slidingWindow({ strides, dilations, padding }: { strides: Pair; dilations: Pair; padding: Padding }) {
  const [top, bottom, left, right] = padding;
  return { strides, dilations, pads: [top, left, bottom, right] };
}
