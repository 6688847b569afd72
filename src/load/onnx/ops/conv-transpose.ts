/** Transposed convolutions. Kernels are [C,F/groups,kH,kW] in the file and [kH,kW,F/groups,C] here. */
import { type Pair, showShape } from "../../../shape.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import { channelsLast, shapeOf } from "../view.ts";
import { AUTO_PAD, counts, frameOf, type Window } from "./window.ts";

export function convTranspose(net: OnnxNet, node: OnnxNode): Term {
  const x = net.picture(node);
  const [, channels, ...side] = shapeOf(net.view(node, 0)) as [number, number, number, number];
  const weight = net.weight(node, 1);
  if (weight.shape.length !== 4) throw node.unsupported("kernels [C,F,kH,kW] of pictures", showShape(weight.shape));
  const [inputs, , kH, kW] = weight.shape as [number, number, number, number];
  const groups = node.int("group", 1);
  if (groups < 1 || inputs !== channels || channels % groups !== 0) {
    throw node.invalid(
      "group",
      `a number that divides ${channels} channels of the picture and ${inputs} of the kernel`,
      groups,
    );
  }
  const declared = node.ints("kernel_shape") ?? [kH, kW];
  if (declared.join() !== [kH, kW].join()) throw node.invalid("kernel_shape", showShape([kH, kW]), declared);
  const bias = net.weightIf(node, 2);
  const operands = [x, net.parameter(weight, [2, 3, 1, 0]), bias && net.parameter(bias)];
  const attrs = { ...spreadOf(node, side, [kH, kW]), groups };
  return valueTerm(net.node("convTranspose2d", node.output, operands, attrs, channelsLast(4)));
}

/** What is taken off at the sides: given, or what is too much for the size that is asked for, directly or as SAME. */
function spreadOf(node: OnnxNode, side: Pair, kernel: Pair): Window & { readonly outputPadding: Pair } {
  const strides = counts(node, "strides", node.pair("strides", [1, 1]));
  const dilations = counts(node, "dilations", node.pair("dilations", [1, 1]));
  const added = node.pair("output_padding", [0, 0]);
  if (added.some((size) => size < 0)) throw node.invalid("output_padding", "integers ≥ 0", added);
  const auto = node.choice("auto_pad", AUTO_PAD, "NOTSET");
  const isSame = auto === "SAME_UPPER" || auto === "SAME_LOWER";
  const asked = sizeAsked(node) ?? (isSame ? ([side[0] * strides[0], side[1] * strides[1]] as const) : undefined);
  if (asked === undefined) {
    const padding = auto === "VALID" ? ([0, 0, 0, 0] as const) : frameOf(node);
    return { strides, dilations, padding, outputPadding: added };
  }
  const [h, w] = ([0, 1] as const).map((axis) => {
    const whole = strides[axis] * (side[axis] - 1) + added[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
    const taken = Math.max(0, whole - asked[axis]);
    const less = Math.floor(taken / 2);
    const [before, after] = auto === "SAME_UPPER" ? [less, taken - less] : [taken - less, less];
    return { before, after, added: added[axis] + Math.max(0, asked[axis] - whole) };
  }) as [Ends, Ends];
  return {
    strides,
    dilations,
    padding: [h.before, h.after, w.before, w.after],
    outputPadding: [h.added, w.added],
  };
}

interface Ends {
  readonly before: number;
  readonly after: number;
  /** Beyond what the kernel reaches. */
  readonly added: number;
}

/** output_shape: of pictures, or as some writers have it of [N,C,H,W]. */
function sizeAsked(node: OnnxNode): Pair | undefined {
  const asked = node.ints("output_shape");
  if (asked === undefined) return undefined;
  if (asked.length !== 2 && asked.length !== 4)
    throw node.unsupported("two output sizes, as for pictures", String(asked.length));
  return counts(node, "output_shape", asked.slice(-2));
}
