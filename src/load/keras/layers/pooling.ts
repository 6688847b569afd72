/** Pooling. After keras/src/layers/pooling/: averages are over the pixels that are there. */
import { resolvePadding } from "../../../shape.ts";
import { type LayerCall, type LayerRule, type LayerRules, only } from "./rule.ts";

function windowOf(call: LayerCall) {
  const { attributes } = call;
  const kernel = attributes.pair("pool_size", [2, 2]);
  const strides = attributes.raw("strides") === undefined ? kernel : attributes.pair("strides");
  const padding = attributes.choice("padding", ["valid", "same"], "valid");
  if ([...kernel, ...strides].includes(0)) throw attributes.invalid("pool_size", "sizes of at least 1", 0);
  return { kernel, strides, padding: resolvePadding(padding, call.shape(only(call)), kernel, strides) };
}

const maxPool: LayerRule = (call) => call.node("maxPool", call.name, [only(call)], windowOf(call));
const averagePool: LayerRule = (call) => call.node("avgPool", call.name, [only(call)], windowOf(call));

const global =
  (op: "globalAveragePool" | "globalMaxPool"): LayerRule =>
  (call) =>
    call.node(op, call.name, [only(call)], { keepDims: call.attributes.flag("keepdims", false) });

const globalAverage = global("globalAveragePool");
const globalMax = global("globalMaxPool");

export const poolingRules: LayerRules = {
  MaxPooling2D: maxPool,
  MaxPool2D: maxPool,
  AveragePooling2D: averagePool,
  AvgPool2D: averagePool,
  GlobalAveragePooling2D: globalAverage,
  GlobalAvgPool2D: globalAverage,
  GlobalMaxPooling2D: globalMax,
  GlobalMaxPool2D: globalMax,
};
