/** Layers that bring pictures to a size. After keras/src/layers/preprocessing/image_preprocessing/, with TensorFlow's filters. */
import type { AttrsOf, ValueId } from "../../../graph/graph.ts";
import type { Pair } from "../../../shape.ts";
import { type LayerCall, type LayerRule, type LayerRules, only } from "./rule.ts";

const MODES = ["bilinear", "nearest", "bicubic"] as const;

/** Pixels have their centres at ½, and what is outside of the picture has no weight. */
export function filterOf(mode: (typeof MODES)[number]): Omit<AttrsOf<"resize">, "size"> {
  const coordinates = "half-pixel";
  if (mode === "nearest") return { mode, coordinates, rounding: "prefer-ceil" };
  if (mode === "bilinear") return { mode: "linear", coordinates };
  return { mode: "cubic", coordinates, cubic: -0.5, excludeOutside: true };
}

const sidesOf = (call: LayerCall, x: ValueId): Pair => call.shape(x).slice(1, 3) as unknown as Pair;

/** The middle part. */
function cutTo(call: LayerCall, x: ValueId, [height, width]: Pair, name: string): ValueId {
  const [h, w] = sidesOf(call, x);
  const [top, left] = [(h - height) >> 1, (w - width) >> 1];
  const cropping = [top, h - height - top, left, w - width - left] as const;
  return cropping.every((size) => size === 0) ? x : call.node("crop", name, [x], { cropping });
}

/** The largest part, or the smallest frame around it, with the proportions of the size that is wanted. */
const proportioned = ([h, w]: Pair, [height, width]: Pair): Pair => [
  Math.trunc((w * height) / width),
  Math.trunc((h * width) / height),
];

function cutToProportions(call: LayerCall, x: ValueId, size: Pair): ValueId {
  const [h, w] = sidesOf(call, x);
  const [height, width] = proportioned([h, w], size);
  const part: Pair = [Math.max(1, Math.min(h, height)), Math.max(1, Math.min(w, width))];
  return cutTo(call, x, part, `${call.name}/part`);
}

function framedToProportions(call: LayerCall, x: ValueId, size: Pair): ValueId {
  const [h, w] = sidesOf(call, x);
  const [height, width] = proportioned([h, w], size);
  const [rows, columns] = [Math.max(0, height - h), Math.max(0, width - w)];
  if (rows + columns === 0) return x;
  call.attributes.choice("fill_mode", ["constant"], "constant");
  const [top, left] = [rows >> 1, columns >> 1];
  const padding = [top, rows - top, left, columns - left] as const;
  return call.node("pad", `${call.name}/framed`, [x], { padding, value: call.attributes.number("fill_value") ?? 0 });
}

const sizeOf = ({ attributes }: LayerCall): Pair => [attributes.count("height"), attributes.count("width")];

const resizing: LayerRule = (call) => {
  const { attributes } = call;
  const size = sizeOf(call);
  const mode = attributes.choice("interpolation", MODES, "bilinear");
  const x = attributes.flag("crop_to_aspect_ratio", false)
    ? cutToProportions(call, only(call), size)
    : attributes.flag("pad_to_aspect_ratio", false)
      ? framedToProportions(call, only(call), size)
      : only(call);
  const isWide = mode !== "nearest" && attributes.flag("antialias", false);
  const smooth = isWide ? ({ antialias: true, excludeOutside: true } as const) : {};
  return call.node("resize", call.name, [x], { ...filterOf(mode), ...smooth, size });
};

/** The middle; of a picture that is too small, all of it made larger. */
const centerCrop: LayerRule = (call) => {
  const x = only(call);
  const size = sizeOf(call);
  const [h, w] = sidesOf(call, x);
  if (h >= size[0] && w >= size[1]) return cutTo(call, x, size, call.name);
  return call.node("resize", call.name, [cutToProportions(call, x, size)], { ...filterOf("bilinear"), size });
};

export const resizingRules: LayerRules = {
  Resizing: resizing,
  CenterCrop: centerCrop,
};
