/** f64 twin of conv2d: the sum as it is defined, padding by leaving terms out. */
import type { Conv2dAttrs } from "../../src/ops/conv2d.ts";
import { windowOutput } from "../../src/shape.ts";
import type { Window } from "../../src/wasm/conv-geometry.ts";
import { clampedTo } from "./fused-activation.ts";
import { eachIndex, type NDArray, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";

export const conv2d: Twin<Conv2dAttrs> = (inputs, attrs) => {
  const x = required(inputs, 0);
  const w = required(inputs, 1);
  const [, , channels, outC] = w.shape as [number, number, number, number];
  const y = ndarray([x.shape[0]!, ...outputSize(x, w, attrs), outC]);
  eachIndex(y.shape, ([n, oh, ow, f], offset) => {
    const group = Math.floor(f! / (outC / attrs.groups));
    let sum = (inputs[2]?.data[f!] ?? 0) + (inputs[3]?.data[offset] ?? 0);
    eachTap(x, w, attrs, oh!, ow!, (kh, kw, ih, iw) => {
      for (let c = 0; c < channels; c++) {
        const xAt = offsetOf(x.shape, [n!, ih, iw, group * channels + c]);
        sum += x.data[xAt]! * w.data[offsetOf(w.shape, [kh, kw, c, f!])]!;
      }
    });
    y.data[offset] = sum;
  });
  return clampedTo(attrs.activation, y);
};

export function outputSize(x: NDArray, w: NDArray, { strides, dilations, padding }: Window): [number, number] {
  const along = (axis: 0 | 1, pad: number): number =>
    windowOutput(
      { input: x.shape[axis + 1]!, kernel: w.shape[axis]!, stride: strides[axis], dilation: dilations[axis] },
      pad,
    );
  return [along(0, padding[0] + padding[1]), along(1, padding[2] + padding[3])];
}

/** The taps of output (oh, ow) that lie inside of the picture. */
export function eachTap(
  x: NDArray,
  w: NDArray,
  { strides, dilations, padding }: Window,
  oh: number,
  ow: number,
  visit: (kh: number, kw: number, ih: number, iw: number) => void,
): void {
  for (let kh = 0; kh < w.shape[0]!; kh++) {
    for (let kw = 0; kw < w.shape[1]!; kw++) {
      const ih = oh * strides[0] + kh * dilations[0] - padding[0];
      const iw = ow * strides[1] + kw * dilations[1] - padding[2];
      if (ih >= 0 && ih < x.shape[1]! && iw >= 0 && iw < x.shape[2]!) visit(kh, kw, ih, iw);
    }
  }
}
