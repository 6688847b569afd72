/** A first axis that is the batch and more, as after a Flatten from the third axis on: taken apart while something is done behind it. */
import type { OnnxNet } from "../net.ts";
import { shapeOf, type View } from "../view.ts";

interface Apart {
  readonly view: View;
  /** By how much axes are counted further on in it. */
  readonly shift: 0 | 1;
  /** What was made of it, with as many axes, as the file has it. */
  readonly joined: (made: View) => View;
}

export function apart(net: OnnxNet, view: View): Apart {
  const [first] = view.axes;
  if (first?.[0] !== 0 || first.length === 1) return { view, shift: 0, joined: (made) => made };
  const [size, ...rest] = shapeOf(view) as [number, ...number[]];
  const batch = view.sizes[0]!;
  const joined = (made: View): View => {
    const [n, inner, ...others] = shapeOf(made) as [number, number, ...number[]];
    return net.reshape(made, [n * inner, ...others]);
  };
  return { view: net.reshape(view, [batch, size / batch, ...rest]), shift: 1, joined };
}
