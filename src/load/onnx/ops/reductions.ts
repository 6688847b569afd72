/** Means, sums and extremes along any axes but the batch: seen as [N,reduced,1,kept], each is a global pooling. */
import type { AttrsOf, ValueId } from "../../../graph/graph.ts";
import { elements } from "../../../shape.ts";
import { reducedAxes } from "../fold/reduce.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import { Steps, type Translate } from "../translate.ts";
import { shapeOf, type View } from "../view.ts";
import { reduced } from "./reduced.ts";

function pooled(net: OnnxNet, node: OnnxNode, op: Pool, view: View, name: string): View {
  const axes = reducedAxes(net, node, view.axes.length);
  return reduced(net, view, axes, name, (x) => net.make(op, `${name}/pooled`, [x], { keepDims: true }));
}

type Pool = "globalAveragePool" | "globalMaxPool";

/** Without the axes that were reduced, unless they are to stay as axes of 1. */
function squeezed(net: OnnxNet, node: OnnxNode, view: View): Term {
  if (node.flag("keepdims", true)) return valueTerm(view);
  const axes = reducedAxes(net, node, view.axes.length);
  return valueTerm(
    net.reshape(
      view,
      shapeOf(view).filter((_, axis) => !axes.includes(axis)),
    ),
  );
}

const mean: Translate = (net, node) =>
  squeezed(net, node, pooled(net, node, "globalAveragePool", net.view(node, 0), node.output));

const maximum: Translate = (net, node) =>
  squeezed(net, node, pooled(net, node, "globalMaxPool", net.view(node, 0), node.output));

/** The largest of −x, turned round. */
const minimum: Translate = (net, node) => {
  const steps = new Steps(net, node);
  const turned = steps.binary("mul", net.view(node, 0), -1);
  const largest = pooled(net, node, "globalMaxPool", turned, `${node.output}/largest`);
  return squeezed(net, node, steps.binary("mul", largest, -1, true));
};

/** How many there are times the mean of what `of` makes of x. */
const sum =
  (of: (steps: Steps, x: View) => View): Translate =>
  (net, node) => {
    const steps = new Steps(net, node);
    const x = net.view(node, 0);
    const file = shapeOf(x);
    const count = elements(reducedAxes(net, node, file.length).map((axis) => file[axis]!));
    const average = pooled(net, node, "globalAveragePool", of(steps, x), `${node.output}/mean`);
    return squeezed(net, node, steps.binary("mul", average, count, true));
  };

/** By one of the functions that have no kernel. */
const folded =
  (fn: AttrsOf<"reduce">["fn"]): Translate =>
  (net, node) => {
    const attrs = { fn, axes: [1], keepDims: true };
    const make = (x: ValueId): ValueId => net.make("reduce", `${node.output}/reduced`, [x], attrs);
    const x = net.view(node, 0);
    return squeezed(net, node, reduced(net, x, reducedAxes(net, node, x.axes.length), node.output, make));
  };

/** Reductions, by ONNX's names. */
export const REDUCTIONS: Readonly<Record<string, Translate>> = {
  ReduceMean: mean,
  ReduceMax: maximum,
  ReduceMin: minimum,
  ReduceSum: sum((_, x) => x),
  ReduceSumSquare: sum((steps, x) => steps.binary("mul", x, x)),
  ReduceL2: folded("l2"),
  ReduceProd: folded("prod"),
  ReduceLogSum: folded("logSum"),
  ReduceLogSumExp: folded("logSumExp"),
  ReduceL1: sum((steps, x) => steps.binary("maximum", x, steps.binary("mul", x, -1))),
};
