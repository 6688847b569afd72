/** Loops over the outer axes of a tensor; the inner one or two belong to a kernel. */

/** One axis that is walked: its size, and how far each of the operands moves per step, in elements. */
export interface Axis {
  readonly size: number;
  readonly steps: readonly number[];
}

/** Calls `visit` with the offsets of all operands, in row-major order of the axes; once with zeros when there are none. */
export function eachOffset(axes: readonly Axis[], operands: number, visit: (offsets: readonly number[]) => void): void {
  const walk = (depth: number, offsets: readonly number[]): void => {
    const axis = axes[depth];
    if (!axis) {
      visit(offsets);
      return;
    }
    for (let i = 0; i < axis.size; i++) {
      walk(
        depth + 1,
        offsets.map((offset, operand) => offset + i * axis.steps[operand]!),
      );
    }
  };
  walk(0, new Array<number>(operands).fill(0));
}

/** Merges neighbours that every operand walks through as if they were one axis, and drops axes of size 1. */
export function mergeAxes(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    const outer = merged.at(-1);
    if (axis.size === 1) continue;
    const joins = outer?.steps.every((step, operand) => step === axis.steps[operand]! * axis.size);
    if (outer && joins) merged[merged.length - 1] = { size: outer.size * axis.size, steps: axis.steps };
    else merged.push(axis);
  }
  return merged;
}

/** Splits off the two innermost axes for a kernel; missing ones have size 1 and step 0. */
export function innerTwo(axes: readonly Axis[], operands: number): { outer: Axis[]; rows: Axis; cols: Axis } {
  const single: Axis = { size: 1, steps: new Array<number>(operands).fill(0) };
  return { outer: axes.slice(0, -2), rows: axes.at(-2) ?? single, cols: axes.at(-1) ?? single };
}
