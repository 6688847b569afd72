/**
 * The adjoint of conv2d as a layer of its own ("deconvolution"): Y = col2im(X·Wᵀ) + b, so forward is conv2d's dX, and its own
 * gradients are conv2d's forward and dW with x and y in each other's place.
 * x [N,H,W,I], w [kH,kW,O/groups,I] as Keras stores it, b [O], y [N,H′,W′,O] with
 * H′ = (H − 1)·stride + dilation·(kH − 1) + 1 − top − bottom + outputPadding: padding takes away from what was spread out.
 * Zeiler et al., CVPR 2010; Dumoulin & Visin, arXiv 1603.07285, chapter 4.
 */
import { GradCamError } from "../../errors.ts";
import { elements, type Pair, type Shape, showShape } from "../../shape.ts";
import type { Window } from "../../wasm/conv-geometry.ts";
import type { Tensor } from "../../wasm/memory.ts";
import { checkAttr, imageShape, inputShape, isPositiveCount } from "../check.ts";
import { convolveLines, panelOf, panelsIn } from "../conv2d.ts";
import type { Conv2dAttrs } from "../conv2d-grouping.ts";
import { addInputGradient } from "../conv2d-input-gradient.ts";
import { addParameterGradients } from "../conv2d-parameter-gradients.ts";
import { areCounts, checkOptional, checkWindow } from "../conv-shape.ts";
import { defineOp, type Gradients, type ParameterLayout } from "../op.ts";
import { stepsOf } from "../steps.ts";

export interface ConvTranspose2dAttrs extends Window {
  readonly groups: number;
  /** Lines and columns added at the bottom and the right, where only what reaches that far adds to the bias. */
  readonly outputPadding: Pair;
}

/** The convolution whose adjoint this is. */
const convolutionOf = ({ strides, dilations, padding, groups }: ConvTranspose2dAttrs): Conv2dAttrs => ({
  strides,
  dilations,
  padding,
  groups,
});

function layoutIn(groups: number): ParameterLayout<ConvTranspose2dAttrs> {
  const panels = panelsIn(groups);
  return {
    name: panels.name,
    elements: (shape, attrs) => panels.elements(shape, convolutionOf(attrs)),
    pack: (ctx, source, packed, attrs) => {
      panels.pack(ctx, source, packed, convolutionOf(attrs));
    },
  };
}

/** A call of conv2d's gradients with x in the place of dy. */
const adjointCall = (x: Tensor, input: Tensor | undefined, w: Tensor | undefined, attrs: ConvTranspose2dAttrs) => {
  const call: Gradients<Conv2dAttrs> = {
    attrs: convolutionOf(attrs),
    inputs: [input, w],
    y: undefined,
    dy: x,
    dInputs: [],
  };
  return call;
};

export const convTranspose2d = defineOp<ConvTranspose2dAttrs>({
  inputs: ["x", "w", "b?"],
  linear: true,
  narrow: () => ({ w: panelOf }),
  layouts: ({ groups }) => ({ w: layoutIn(groups) }),
  reads: () => ({ x: ["w"], w: ["x"], b: [] }),
  shape: transposedShape,
  forward(ctx, [x, w, b], y, attrs) {
    ctx.heap.f32(y.ptr, elements(y.shape)).fill(0);
    const channels = y.shape[3]!;
    if (b) ctx.kernels.addToRows(b.ptr, y.ptr, elements(y.shape) / channels, channels, 1);
    addInputGradient(ctx, adjointCall(x!, undefined, w, attrs), y);
  },
  backward(ctx, { attrs, inputs: [x, w], dy, dInputs: [dx, dw, db] }) {
    const step = stepsOf(ctx);
    if (dx) {
      const operands = { x: dy, w: w!, b: undefined, r: dx, y: dx };
      convolveLines(step(), operands, convolutionOf(attrs)).run(dy.ptr, dx.ptr, 0, dx.shape[0]! * dx.shape[1]!);
    }
    if (dw) addParameterGradients(step(), adjointCall(x!, dy, undefined, attrs), { dw, db: undefined, dr: undefined });
    const channels = dy.shape[3]!;
    if (db) ctx.kernels.sumRows(dy.ptr, db.ptr, elements(dy.shape) / channels, channels, 1);
  },
  macs: (inputs) => elements(inputs[0]!) * elements(inputs[1]!.slice(0, 3)),
});

function transposedShape(inputs: readonly (Shape | undefined)[], attrs: ConvTranspose2dAttrs, where: string): number[] {
  checkWindow(attrs, where);
  const { groups, outputPadding } = attrs;
  checkAttr(isPositiveCount(groups), where, "groups", "an integer ≥ 1", groups);
  checkAttr(areCounts(outputPadding, 2, 0), where, "outputPadding", "of two integers ≥ 0", outputPadding);
  const x = imageShape(inputs, where);
  const w = inputShape(inputs, 1, "w", where);
  if (w.length !== 4 || !w.every(isPositiveCount) || w[3] !== x[3] || x[3] % groups !== 0) {
    const expected = `a kernel [kH,kW,O,${x[3]}] in ${groups} groups for an input ${showShape(x)}`;
    throw new GradCamError("E_SHAPE", { where, expected, got: showShape(w) });
  }
  const sides = ([0, 1] as const).map((axis) => {
    const reach = attrs.dilations[axis] * (w[axis]! - 1) + 1;
    const taken = attrs.padding[2 * axis]! + attrs.padding[2 * axis + 1]!;
    return (x[axis + 1]! - 1) * attrs.strides[axis] + reach - taken + outputPadding[axis];
  });
  if (!sides.every(isPositiveCount)) {
    const expected = `an input of which padding [${attrs.padding.join(",")}] leaves something`;
    throw new GradCamError("E_SHAPE", { where, expected, got: showShape(x) });
  }
  const filters = w[2]! * groups;
  checkOptional(inputs[2], [filters], "a bias", where);
  return [x[0], ...sides, filters];
}
