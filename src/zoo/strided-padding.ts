/**
 * How a window of stride 2 is padded: TensorFlow pads as little as needed, mostly at the end, and Keras does it in a layer
 * of its own; PyTorch pads by half a window all around.
 */
import type { ValueId } from "../graph/graph.ts";
import { type Padding, samePadding } from "../shape.ts";
import type { Flavour } from "./architecture.ts";
import type { Net, WindowOptions } from "./net.ts";

interface Padded {
  readonly x: ValueId;
  readonly window: WindowOptions;
}

/** @param name of the padding layer */
export function stridedPadding(net: Net, x: ValueId, name: string, kernel: number, flavour: Flavour): Padded {
  if (flavour === "torch") return { x, window: { stride: 2, padding: allAround(kernel) } };
  const [, height, width] = net.shape(x);
  const axis = { kernel, stride: 2, dilation: 1 };
  const padding = [...samePadding({ ...axis, input: height! }), ...samePadding({ ...axis, input: width! })] as const;
  return { x: net.pad(x, name, padding), window: { stride: 2 } };
}

/** Half a window on all sides. */
export function allAround(kernel: number): Padding {
  const half = (kernel - 1) / 2;
  return [half, half, half, half];
}
