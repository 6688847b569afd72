/** Resize and its ancestor Upsample, where they enlarge pictures by whole numbers; sizes and scales must be known. */
import { GradCamError } from "../../../errors.ts";
import type { Pair } from "../../../shape.ts";
import { showShape } from "../../../shape.ts";
import { axesOf } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import type { Translate } from "../translate.ts";
import { channelsLast, shapeOf } from "../view.ts";

/** Where a pixel of the result lies in the picture, and how that is rounded: enlarged by a whole number, these repeat every pixel. */
const REPEATING: ReadonlySet<string> = new Set(["half_pixel/round_prefer_floor", "asymmetric/floor"]);
/** Pixels have their centres at ½. */
const CENTRED: ReadonlySet<string> = new Set(["half_pixel", "pytorch_half_pixel"]);

/** @param scales by axis of the file */
function enlarged(net: OnnxNet, node: OnnxNode, scales: readonly number[], mode: "nearest" | "bilinear"): Term {
  const shape = shapeOf(net.view(node, 0));
  const [n, c, ...factor] = scales;
  const most = shape.reduce((product, size, axis) => product * size * Math.max(1, scales[axis] ?? 1), 4);
  if (most > net.limits.tensorBytes) {
    const expected = `at most ${net.limits.tensorBytes} bytes (limit tensorBytes)`;
    throw new GradCamError("E_TENSOR_TOO_LARGE", { where: node.where, expected, got: String(most) });
  }
  if (scales.length !== 4 || n !== 1 || c !== 1 || !factor.every((scale) => Number.isInteger(scale) && scale >= 1)) {
    throw node.unsupported("pictures [N,C,H,W] made larger by whole numbers", `scales ${showShape(scales)}`);
  }
  const attrs = { factor: factor as unknown as Pair, mode };
  return valueTerm(net.node("upsample", node.output, [net.picture(node)], attrs, channelsLast(4)));
}

const resize: Translate = (net, node) => {
  const mode = node.choice("mode", ["nearest", "linear", "cubic"], "nearest");
  const isOld = net.opset < 11;
  // Others make the sizes that are asked for smaller or larger than they are.
  node.choice("keep_aspect_ratio_policy", ["stretch"], "stretch");
  const place = node.text("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel");
  const rounding = node.text("nearest_mode", isOld ? "floor" : "round_prefer_floor");
  const isKnown = mode === "nearest" ? REPEATING.has(`${place}/${rounding}`) : mode === "linear" && CENTRED.has(place);
  if (!isKnown)
    throw node.unsupported("nearest that repeats pixels, or linear with half_pixel", `${mode}, ${place}, ${rounding}`);
  return enlarged(net, node, scalesOf(net, node, isOld ? 1 : 2), mode === "nearest" ? mode : "bilinear");
};

/** Given, or as many times as a size is larger. */
function scalesOf(net: OnnxNet, node: OnnxNode, index: number): readonly number[] {
  const given = node.has(index) ? Array.from(net.known(node, index).numbers) : [];
  const shape = shapeOf(net.view(node, 0));
  const axes = axesOf(node, node.ints("axes") ?? [...shape.keys()], shape.length);
  const wanted = given.length > 0 ? given : net.integers(node, index + 1).map((size, i) => size / shape[axes[i]!]!);
  if (wanted.length !== axes.length) throw node.invalid("scales or sizes", `${axes.length} numbers`, wanted);
  return shape.map((_, axis) => (axes.includes(axis) ? wanted[axes.indexOf(axis)]! : 1));
}

/** Opsets 7 to 9. Linear places pixels otherwise than anything of ours. */
const upsample: Translate = (net, node) => {
  const mode = node.choice("mode", ["nearest", "linear"], "nearest");
  if (mode === "linear") throw node.unsupported("mode nearest", mode);
  const scales = node.attributes.get("scales")?.floats ?? Array.from(net.known(node, 1).numbers);
  return enlarged(net, node, scales, mode);
};

/** Operators that make pictures larger, by ONNX's names. */
export const RESIZERS: Readonly<Record<string, Translate>> = { Resize: resize, Upsample: upsample };
