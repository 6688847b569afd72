import { GradCamError } from "../errors.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import type { Tensor } from "../wasm/memory.ts";
import { checkAttr, inputShape } from "./check.ts";
import { defineOp } from "./op.ts";

export interface ConcatAttrs {
  /** Counted from the end when negative: −1 is channels. */
  readonly axis: number;
}

/** y = the inputs one after the other along `axis`; each takes back its own part of dy. */
export const concat = defineOp<ConcatAttrs>({
  inputs: ["...x"],
  linear: true,
  reads: () => ({ x: [] }),
  shape: concatShape,
  forward({ kernels }, inputs, y, attrs) {
    eachPart(inputs, y, attrs, (x, part, rows, cols, rowOfY) => {
      kernels.copyBlock(inputs[x]!.ptr, part, rows, cols, cols, rowOfY);
    });
  },
  backward({ kernels }, { attrs, inputs, dy, dInputs }) {
    eachPart(inputs, dy, attrs, (x, part, rows, cols, rowOfY) => {
      const dx = dInputs[x];
      if (dx) kernels.addBlock(part, dx.ptr, rows, cols, rowOfY, cols);
    });
  },
});

type MovePart = (x: number, part: number, rows: number, cols: number, rowOfY: number) => void;

/** For every input: where its columns begin in y, seen as rows of everything from `axis` on. */
function eachPart(inputs: readonly (Tensor | undefined)[], y: Tensor, { axis }: ConcatAttrs, move: MovePart): void {
  const first = fromStart(axis, y.shape.length);
  const rowOfY = elements(y.shape.slice(first));
  let part = y.ptr;
  inputs.forEach((input, x) => {
    const cols = elements(input!.shape.slice(first));
    move(x, part, elements(input!.shape) / cols, cols, rowOfY);
    part += cols * 4;
  });
}

const fromStart = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function concatShape(inputs: readonly (Shape | undefined)[], { axis }: ConcatAttrs, where: string): number[] {
  const first = inputShape(inputs, 0, "x", where);
  const rank = first.length;
  checkAttr(
    Number.isInteger(axis) && axis >= -rank && axis < rank,
    where,
    "axis",
    `from ${-rank} to ${rank - 1}`,
    axis,
  );
  const joined = fromStart(axis, rank);
  let size = 0;
  inputs.forEach((_, i) => {
    const shape = inputShape(inputs, i, "x", where);
    if (shape.length !== rank || shape.some((length, k) => k !== joined && length !== first[k])) {
      throw new GradCamError("E_SHAPE", {
        where,
        expected: `inputs that differ only along axis ${axis}`,
        got: `${showShape(first)} and ${showShape(shape)}`,
      });
    }
    size += shape[joined]!;
  });
  return first.map((length, k) => (k === joined ? size : length));
}
