/** What convolutions and poolings share: strides, dilations and how the frame around a picture is said. */
import type { Padding, Pair, Shape } from "../../../shape.ts";
import { samePadding } from "../../../shape.ts";
import type { OnnxNode } from "../node.ts";

export interface Window {
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding;
}

export const AUTO_PAD = ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"] as const;

/** @param x [N,C,H,W]. Throws E_ATTR_INVALID, E_UNSUPPORTED_OP. */
export function windowOf(node: OnnxNode, x: Shape, kernel: Pair): Window {
  const strides = counts(node, "strides", node.pair("strides", [1, 1]));
  const dilations = counts(node, "dilations", node.pair("dilations", [1, 1]));
  const auto = node.choice("auto_pad", AUTO_PAD, "NOTSET");
  if (auto === "VALID") return { strides, dilations, padding: [0, 0, 0, 0] };
  if (auto === "NOTSET") return { strides, dilations, padding: frameOf(node) };
  const [h, w] = ([0, 1] as const).map((axis) => {
    const window = { input: x[axis + 2]!, kernel: kernel[axis], stride: strides[axis], dilation: dilations[axis] };
    const [less, more] = samePadding(window);
    return auto === "SAME_UPPER" ? ([less, more] as const) : ([more, less] as const);
  });
  return { strides, dilations, padding: [...h!, ...w!] };
}

/** pads: the beginnings of all axes, then their ends. */
export function frameOf(node: OnnxNode): Padding {
  const pads = node.ints("pads") ?? [0, 0, 0, 0];
  if (pads.length !== 4) throw node.unsupported("4 pads, as for pictures", String(pads.length));
  const [top, left, bottom, right] = pads as [number, number, number, number];
  if (pads.some((pad) => pad < 0)) throw node.invalid("pads", "integers ≥ 0", pads);
  return [top, bottom, left, right];
}

export function counts(node: OnnxNode, name: string, values: readonly number[]): Pair {
  if (values.every((value) => value >= 1)) return values as Pair;
  throw node.invalid(name, "integers ≥ 1", values);
}
