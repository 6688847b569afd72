/** f64 twins of the operators that move elements, each as the index of x that an index of y comes from. */
import type { ConcatAttrs } from "../../src/ops/concat.ts";
import type { CropAttrs, PadAttrs } from "../../src/ops/pad.ts";
import type { ExtendAttrs } from "../../src/ops/files/extend.ts";
import type { ReshapeAttrs } from "../../src/ops/reshape.ts";
import type { SliceAttrs } from "../../src/ops/files/slice.ts";
import type { TileAttrs } from "../../src/ops/files/tile.ts";
import type { TransposeAttrs } from "../../src/ops/transpose.ts";
import type { UpsampleAttrs } from "../../src/ops/files/upsample.ts";
import type { Shape } from "../../src/shape.ts";
import { eachIndex, type NDArray, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";

type Index = readonly number[];

function build(shape: Shape, value: (index: Index) => number): NDArray {
  const y = ndarray(shape);
  eachIndex(shape, (index, offset) => (y.data[offset] = value(index)));
  return y;
}

const at = (x: NDArray, index: Index): number => x.data[offsetOf(x.shape, index)]!;

export const concat: Twin<ConcatAttrs> = (inputs, { axis }) => {
  const parts = inputs.map((_, i) => required(inputs, i));
  const first = parts[0]!.shape;
  const joined = axis < 0 ? axis + first.length : axis;
  const total = parts.reduce((sum, part) => sum + part.shape[joined]!, 0);
  return build(first.with(joined, total), (index) => {
    let position = index[joined]!;
    const part = parts.find(({ shape }) => position < shape[joined]! || ((position -= shape[joined]!), false))!;
    return at(part, index.with(joined, position));
  });
};

export const pad: Twin<PadAttrs> = (inputs, { padding: [top, bottom, left, right], value }) => {
  const x = required(inputs, 0);
  const [n, height, width, c] = x.shape as readonly [number, number, number, number];
  return build([n, height + top + bottom, width + left + right, c], ([i, h, w, k]) => {
    const [fromH, fromW] = [h! - top, w! - left];
    const inside = fromH >= 0 && fromW >= 0 && fromH < height && fromW < width;
    return inside ? at(x, [i!, fromH, fromW, k!]) : value;
  });
};

export const crop: Twin<CropAttrs> = (inputs, { cropping: [top, bottom, left, right] }) => {
  const x = required(inputs, 0);
  const [n, height, width, c] = x.shape as readonly [number, number, number, number];
  return build([n, height - top - bottom, width - left - right, c], ([i, h, w, k]) =>
    at(x, [i!, h! + top, w! + left, k!]),
  );
};

export const slice: Twin<SliceAttrs> = (inputs, { starts, sizes, steps }) => {
  const x = required(inputs, 0);
  return build([x.shape[0]!, ...sizes], ([n, ...rest]) =>
    at(x, [n!, ...rest.map((i, axis) => starts[axis]! + i * steps[axis]!)]),
  );
};

export const tile: Twin<TileAttrs> = (inputs, { repeats }) => {
  const x = required(inputs, 0);
  const [batch, ...sizes] = x.shape;
  return build([batch!, ...sizes.map((size, axis) => size * repeats[axis]!)], ([n, ...rest]) =>
    at(x, [n!, ...rest.map((i, axis) => i % sizes[axis]!)]),
  );
};

export const extend: Twin<ExtendAttrs> = (inputs, { before, after, mode, value }) => {
  const x = required(inputs, 0);
  const [batch, ...sizes] = x.shape;
  const shape = sizes.map((size, axis) => before[axis]! + size + after[axis]!);
  return build([batch!, ...shape], ([n, ...rest]) => {
    const index = rest.map((i, axis) => walked(i - before[axis]!, sizes[axis]!, mode));
    return index.includes(undefined) ? value : at(x, [n!, ...(index as number[])]);
  });
};

/** Where a walker stands who goes `i` steps from 0 and at each end stops, turns, turns after a rest, or begins anew. */
function walked(i: number, size: number, mode: ExtendAttrs["mode"]): number | undefined {
  let [place, direction] = [0, Math.sign(i)];
  for (let step = 0; step < Math.abs(i); step++) {
    const next = place + direction;
    if (next >= 0 && next < size) place = next;
    else if (mode === "constant") return undefined;
    else if (mode === "wrap") place = direction > 0 ? 0 : size - 1;
    else if (mode !== "edge") {
      direction = -direction;
      if (mode === "reflect" && size > 1) place += direction;
    }
  }
  return place;
}

export const reshape: Twin<ReshapeAttrs> = (inputs, { shape }) => {
  const x = required(inputs, 0);
  return ndarray([x.shape[0]!, ...shape], x.data.slice());
};

export const transpose: Twin<TransposeAttrs> = (inputs, { perm }) => {
  const x = required(inputs, 0);
  return build(
    perm.map((axis) => x.shape[axis]!),
    (index) =>
      at(
        x,
        x.shape.map((_, axis) => index[perm.indexOf(axis)]!),
      ),
  );
};

export const upsample: Twin<UpsampleAttrs> = (inputs, { factor, mode }) => {
  const x = required(inputs, 0);
  const [n, height, width, c] = x.shape as readonly [number, number, number, number];
  return build([n, height * factor[0], width * factor[1], c], ([i, h, w, k]) => {
    if (mode === "nearest") return at(x, [i!, Math.floor(h! / factor[0]), Math.floor(w! / factor[1]), k!]);
    const rows = neighbours((h! + 0.5) / factor[0] - 0.5, height);
    const cols = neighbours((w! + 0.5) / factor[1] - 0.5, width);
    const terms = rows.flatMap((row) => cols.map((col) => row.weight * col.weight * at(x, [i!, row.at, col.at, k!])));
    return terms.reduce((sum, term) => sum + term, 0);
  });
};

/** The pixels that a clamped place lies between; one alone when it lies on it. */
function neighbours(place: number, size: number): { at: number; weight: number }[] {
  const clamped = Math.min(Math.max(place, 0), size - 1);
  const low = Math.floor(clamped);
  // Places are multiples of 1/(2·factor): anything smaller is rounding.
  const rest = clamped - low < 1e-9 ? 0 : clamped - low;
  if (rest > 1 - 1e-9) return [{ at: low + 1, weight: 1 }];
  return rest === 0
    ? [{ at: low, weight: 1 }]
    : [
        { at: low, weight: 1 - rest },
        { at: low + 1, weight: rest },
      ];
}
