/** Resize and its ancestor Upsample, of pictures; sizes and scales must be known. */
import { GradCamError } from "../../../errors.ts";
import type { AttrsOf } from "../../../graph/graph.ts";
import type { Pair } from "../../../shape.ts";
import { showShape } from "../../../shape.ts";
import { axesOf } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import type { Translate } from "../translate.ts";
import { channelsLast, shapeOf } from "../view.ts";

type Filter = Omit<AttrsOf<"resize">, "size" | "scales">;

/** Enlarged by whole numbers, these repeat every pixel. */
const REPEATING: ReadonlySet<string> = new Set(["half-pixel/prefer-floor", "asymmetric/floor"]);
/** Enlarged by whole numbers, these have their centres at ½. */
const CENTRED: ReadonlySet<string> = new Set(["half-pixel", "pytorch-half-pixel"]);

/** How large the result shall be: by axis of the file, as factors or as sizes of which the factors follow. */
interface Wanted {
  readonly scales: readonly number[];
  readonly sizes: readonly number[];
}

/** With the kernels for whole factors where they do the same. */
function resized(net: OnnxNet, node: OnnxNode, { scales, sizes }: Wanted, filter: Filter): Term {
  const shape = shapeOf(net.view(node, 0));
  const most = shape.reduce((product, size, axis) => product * size * Math.max(1, scales[axis] ?? 1), 4);
  if (most > net.limits.tensorBytes) {
    const expected = `at most ${net.limits.tensorBytes} bytes (limit tensorBytes)`;
    throw new GradCamError("E_TENSOR_TOO_LARGE", { where: node.where, expected, got: String(most) });
  }
  const [n, c] = scales;
  if (scales.length !== 4 || n !== 1 || c !== 1) {
    throw node.unsupported("pictures [N,C,H,W] of another height and width", `scales ${showShape(scales)}`);
  }
  const [factor, size, before] = [scales, sizes, shape].map((list) => list.slice(2)) as unknown as [Pair, Pair, Pair];
  const x = [net.picture(node)];
  const { mode, coordinates, rounding = "prefer-floor" } = filter;
  const isWhole = factor.every((scale) => Number.isInteger(scale) && scale >= 1);
  const isPlain = mode === "nearest" ? REPEATING.has(`${coordinates}/${rounding}`) : CENTRED.has(coordinates);
  if (isWhole && isPlain && mode !== "cubic" && !filter.excludeOutside) {
    const attrs = { factor, mode: mode === "nearest" ? mode : ("bilinear" as const) };
    return valueTerm(net.node("upsample", node.output, x, attrs, channelsLast(4)));
  }
  const isExact = factor.every((scale, axis) => scale === size[axis]! / before[axis]!);
  const attrs = { ...filter, size, ...(!isExact && { scales: factor }) };
  return valueTerm(net.node("resize", node.output, x, attrs, channelsLast(4)));
}

const COORDINATES = {
  half_pixel: "half-pixel",
  half_pixel_symmetric: "half-pixel-symmetric",
  pytorch_half_pixel: "pytorch-half-pixel",
  align_corners: "align-corners",
  asymmetric: "asymmetric",
  // Half a pixel further on: see HALF_ON.
  tf_half_pixel_for_nn: "half-pixel",
} as const;

const ROUNDINGS = {
  round_prefer_floor: "prefer-floor",
  round_prefer_ceil: "prefer-ceil",
  floor: "floor",
  ceil: "ceil",
} as const;

/** Half a pixel further on, these are others. */
const HALF_ON = { round_prefer_floor: "ceil", floor: "prefer-ceil" } as const;

const keysOf = <K extends string>(table: Readonly<Record<K, string>>): readonly K[] => Object.keys(table) as K[];

function filterOf(net: OnnxNet, node: OnnxNode): Filter {
  const isOld = net.opset < 11;
  const mode = node.choice("mode", ["nearest", "linear", "cubic"], "nearest");
  const fallback = isOld ? "asymmetric" : "half_pixel";
  const place = node.choice("coordinate_transformation_mode", keysOf(COORDINATES), fallback);
  const coordinates = COORDINATES[place];
  if (mode === "nearest") {
    const table: Readonly<Record<string, Filter["rounding"]>> = place === "tf_half_pixel_for_nn" ? HALF_ON : ROUNDINGS;
    const nearest = node.choice("nearest_mode", Object.keys(table), isOld ? "floor" : "round_prefer_floor");
    return { mode, coordinates, rounding: table[nearest]! };
  }
  return {
    mode,
    coordinates,
    ...(mode === "cubic" && { cubic: node.float("cubic_coeff_a", -0.75) }),
    ...(node.flag("antialias", false) && { antialias: true }),
    ...(node.flag("exclude_outside", false) && { excludeOutside: true }),
  };
}

const resize: Translate = (net, node) => resized(net, node, wantedOf(net, node), filterOf(net, node));

/** Scales or sizes, of all axes or of some; sizes may have to keep the picture's proportions. Throws E_ATTR_INVALID. */
function wantedOf(net: OnnxNet, node: OnnxNode): Wanted {
  const index = net.opset < 11 ? 1 : 2;
  const shape = shapeOf(net.view(node, 0));
  const axes = axesOf(node, node.ints("axes") ?? [...shape.keys()], shape.length);
  const given = node.has(index) ? Array.from(net.known(node, index).numbers) : [];
  const asked = given.length > 0 ? given : [...net.integers(node, index + 1)];
  const bad = asked.some((value) => !(Number.isFinite(value) && value > 0));
  if (asked.length !== axes.length || bad) throw node.invalid("scales or sizes", `${axes.length} numbers > 0`, asked);
  const policy = node.choice("keep_aspect_ratio_policy", ["stretch", "not_larger", "not_smaller"], "stretch");
  const whole = (value: number, axis: number): number => (axes.includes(axis) ? asked[axes.indexOf(axis)]! : value);
  if (given.length > 0) {
    const scales = shape.map((_, axis) => whole(1, axis));
    return { scales, sizes: shape.map((size, axis) => Math.floor(size * scales[axis]!)) };
  }
  const sizes = shape.map(whole);
  const factors = sizes.map((size, axis) => size / shape[axis]!);
  if (policy === "stretch") return { scales: factors, sizes };
  const own = axes.map((axis) => factors[axis]!);
  const scale = policy === "not_larger" ? Math.min(...own) : Math.max(...own);
  const scales = shape.map((_, axis) => (axes.includes(axis) ? scale : 1));
  return { scales, sizes: shape.map((size, axis) => Math.floor(size * scales[axis]! + 0.5)) };
}

/** Opsets 7 to 9: places are counted from the corner. */
const upsample: Translate = (net, node) => {
  const mode = node.choice("mode", ["nearest", "linear"], "nearest");
  const scales = node.attributes.get("scales")?.floats ?? Array.from(net.known(node, 1).numbers);
  const bad = scales.find((scale) => !(Number.isFinite(scale) && scale > 0));
  if (bad !== undefined) throw node.invalid("scales", "numbers > 0", bad);
  const sizes = shapeOf(net.view(node, 0)).map((size, axis) => Math.floor(size * (scales[axis] ?? 1)));
  return resized(net, node, { scales, sizes }, { mode, coordinates: "asymmetric", rounding: "floor" });
};

/** Operators that make pictures larger or smaller, by ONNX's names. */
export const RESIZERS: Readonly<Record<string, Translate>> = { Resize: resize, Upsample: upsample };
