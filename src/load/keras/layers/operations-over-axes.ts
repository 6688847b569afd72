/** Operations that join numbers along axes. */
import type { AttrsOf } from "../../../graph/graph.ts";
import { softmaxOver } from "./activation-functions.ts";
import { argument, axesOf, integersOf } from "./operation-arguments.ts";
import { type LayerRule, only, singleAxis } from "./rule.ts";

export const softmax =
  (op: "softmax" | "logSoftmax"): LayerRule =>
  (call) => {
    const x = only(call);
    const axis = singleAxis(call, integersOf(call, "axis", 1) ?? [-1], call.shape(x).length);
    return op === "softmax" ? softmaxOver(call, x, call.name, axis) : call.node(op, call.name, [x], { axis });
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
    const keepDims = argument(call, 2, "keepdims") ?? call.attributes.flag("keepdims", false);
    if (typeof keepDims !== "boolean") throw call.attributes.invalid("keepdims", "true or false", keepDims);
    const pool = POOLS.get(fn);
    if (pool && rank === 4 && axes.join() === "1,2") return call.node(pool, call.name, [x], { keepDims });
    return call.node("reduce", call.name, [x], { fn, axes, keepDims });
  };

const POOLS: ReadonlyMap<string, "globalAveragePool" | "globalMaxPool"> = new Map([
  ["mean", "globalAveragePool"],
  ["max", "globalMaxPool"],
] as const);
