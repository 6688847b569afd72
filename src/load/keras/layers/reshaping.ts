/** Layers that move numbers: shapes, frames, enlarging. After keras/src/layers/reshaping/. */
import { elements, type Padding } from "../../../shape.ts";
import { filterOf } from "./resizing.ts";
import { type LayerCall, type LayerRule, type LayerRules, only } from "./rule.ts";

const flatten: LayerRule = (call) => {
  const x = only(call);
  return call.node("reshape", call.name, [x], { shape: [elements(call.shape(x).slice(1))] });
};

/** One size may be −1: what is left. */
const reshape: LayerRule = (call) => {
  const x = only(call);
  const target = call.attributes.integers("target_shape") ?? [];
  const size = elements(call.shape(x).slice(1));
  const rest = size / elements(target.filter((one) => one !== -1));
  const shape = target.map((one) => (one === -1 ? rest : one));
  const isSound = shape.every((one) => Number.isInteger(one) && one > 0) && elements(shape) === size;
  if (!isSound) throw call.attributes.invalid("target_shape", `sizes that make ${size}`, target);
  return call.node("reshape", call.name, [x], { shape });
};

/** Axes are counted from 1, without the batch. */
const permute: LayerRule = (call) => {
  const x = only(call);
  const dims = call.attributes.integers("dims") ?? [];
  if (dims.length !== call.shape(x).length - 1) throw call.attributes.invalid("dims", "every axis but the batch", dims);
  return call.node("transpose", call.name, [x], { perm: [0, ...dims] });
};

/** [N,F] → [N,n,F] */
const repeatVector: LayerRule = (call) => {
  const x = only(call);
  const [, features] = call.shape(x);
  const n = call.attributes.count("n");
  const row = call.node("reshape", `${call.name}/row`, [x], { shape: [1, 1, features!] });
  const rows = call.node("upsample", `${call.name}/rows`, [row], { factor: [n, 1], mode: "nearest" });
  return call.node("reshape", call.name, [rows], { shape: [n, features!] });
};

/** n, [rows, columns], or [[top, bottom], [left, right]]. */
function frameOf({ attributes }: LayerCall, name: string): Padding {
  const value = attributes.raw(name);
  if (!Array.isArray(value) || !value.some(Array.isArray)) {
    const [rows, columns] = attributes.pair(name, [1, 1]);
    return [rows, rows, columns, columns];
  }
  const sides: unknown[] = value.flat();
  if (
    value.length === 2 &&
    sides.length === 4 &&
    sides.every((side) => Number.isInteger(side) && (side as number) >= 0)
  ) {
    return sides as unknown as Padding;
  }
  throw attributes.invalid(name, "[[top, bottom], [left, right]]", value);
}

const zeroPadding: LayerRule = (call) =>
  call.node("pad", call.name, [only(call)], { padding: frameOf(call, "padding"), value: 0 });

const cropping: LayerRule = (call) =>
  call.node("crop", call.name, [only(call)], { cropping: frameOf(call, "cropping") });

const upSampling: LayerRule = (call) => {
  const mode = call.attributes.choice("interpolation", ["nearest", "bilinear", "bicubic"], "nearest");
  const x = only(call);
  const factor = call.attributes.pair("size", [2, 2]);
  if (mode !== "bicubic") return call.node("upsample", call.name, [x], { factor, mode });
  const [, h, w] = call.shape(x) as [number, number, number, number];
  return call.node("resize", call.name, [x], { ...filterOf(mode), size: [h * factor[0], w * factor[1]] });
};

export const reshapingRules: LayerRules = {
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
  ZeroPadding2D: zeroPadding,
  Cropping2D: cropping,
  UpSampling2D: upSampling,
};
