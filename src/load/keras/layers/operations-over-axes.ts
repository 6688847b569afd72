/** Operations that join numbers along axes. */
import type { AttrsOf } from "../../../graph/graph.ts";
import { softmaxOver } from "./activation-functions.ts";
import { argument, axesOf } from "./operation-arguments.ts";
import { type LayerRule, only } from "./rule.ts";

export const softmax =
  (op: "softmax" | "logSoftmax"): LayerRule =>
  (call) => {
    const x = only(call);
    const [axis, ...others] = axesOf(call, call.shape(x).length, [-1]);
    if (others.length > 0) throw call.attributes.invalid("axis", "one axis", [axis, ...others]);
    return op === "softmax" ? softmaxOver(call, x, call.name, axis!) : call.node(op, call.name, [x], { axis: axis! });
  };

/** Over any axes but the batch; means and maxima of all positions of a picture have operators of their own. */
export const reduction =
  (fn: AttrsOf<"reduce">["fn"]): LayerRule =>
  (call) => {
    const x = only(call);
    const rank = call.shape(x).length;
    const axes = axesOf(call, rank);
    const initial = call.attributes.raw("initial");
    if (initial !== undefined) throw call.attributes.invalid("initial", "nothing", initial);
    const keepDims = (argument(call, 2, "keepdims") ?? call.attributes.flag("keepdims", false)) === true;
    const pool = POOLS.get(fn);
    if (pool && rank === 4 && axes.join() === "1,2") return call.node(pool, call.name, [x], { keepDims });
    return call.node("reduce", call.name, [x], { fn, axes, keepDims });
  };

const POOLS: ReadonlyMap<string, "globalAveragePool" | "globalMaxPool"> = new Map([
  ["mean", "globalAveragePool"],
  ["max", "globalMaxPool"],
] as const);
