/** The network's inputs: a picture [N,C,H,W], now and then [N,H,W,C], with every size known. */
import { GradCamError } from "../../errors.ts";
import { type Shape, showShape } from "../../shape.ts";
import type { OpenContext } from "../graph-file.ts";
import type { OnnxNet } from "./net.ts";
import type { OnnxValue } from "./model-proto.ts";
import { channelsLast, unbatchedView, type View, viewOf } from "./view.ts";

/** Colours a picture may have. */
const COLOURS: ReadonlySet<number | undefined> = new Set([1, 3, 4]);

/** Pictures lie [N,C,H,W] unless only the last axis can be colours. */
const isChannelsFirst = (shape: OnnxValue["shape"]): boolean =>
  shape?.length === 4 && (COLOURS.has(shape[1]) || !COLOURS.has(shape[3]));

/** @param isBatched whether the first axis is a batch */
export function inputView(net: OnnxNet, input: OnnxValue, context: OpenContext, isBatched: boolean): View {
  const shape = inputShape(input, context);
  if (!isBatched || shape.length === 0) return unbatchedView(net.builder.input(input.name, [1, ...shape]), shape);
  if (!isChannelsFirst(shape)) return viewOf(net.builder.input(input.name, shape), shape);
  const order = channelsLast(4);
  const lying = order.map((axis) => shape[axis]!);
  return net.remark(viewOf(net.builder.input(input.name, lying), lying, order));
}

/** A batch that is not fixed is 1; other sizes have to be given. Throws E_INPUT_SHAPE. */
function inputShape(input: OnnxValue, { inputShape: size, inputShapes }: OpenContext): Shape {
  const { name, shape: declared } = input;
  const own = inputShapes && Object.hasOwn(inputShapes, name) ? inputShapes[name] : undefined;
  const given = own ?? withSize(declared, size);
  const shape = given?.map((length, axis) => length ?? (axis === 0 ? 1 : NaN));
  const fits = declared === undefined || (shape?.length === declared.length && agrees(shape, declared));
  if (fits && shape?.every((length) => Number.isSafeInteger(length) && length > 0)) return shape;
  throw new GradCamError("E_INPUT_SHAPE", {
    where: `input "${name}"`,
    expected: fits ? "a size above 0 for every axis" : `sizes that fit ${show(declared)}`,
    got: show(given),
    hint:
      declared?.length === 4
        ? "give inputShape: [height, width] (--input-shape 224x224), or inputShapes with a whole shape by the input's name"
        : "give inputShapes with a whole shape by the input's name",
  });
}

const agrees = (shape: Shape, declared: readonly (number | undefined)[]): boolean =>
  declared.every((size, axis) => axis === 0 || size === undefined || size === shape[axis]);

function withSize(shape: OnnxValue["shape"], size: readonly number[] | undefined): OnnxValue["shape"] {
  if (!size || shape?.length !== 4) return shape;
  const [height, width] = size;
  return isChannelsFirst(shape) ? [shape[0], shape[1], height, width] : [shape[0], height, width, shape[3]];
}

const show = (shape: readonly (number | undefined)[] | undefined): string =>
  shape ? showShape(shape.map((size) => size ?? NaN)).replaceAll("NaN", "?") : "an unknown number of axes";
