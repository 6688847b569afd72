/** f64 twin of depthwiseConv2d. */
import type { DepthwiseConv2dAttrs } from "../../src/ops/depthwise-conv2d.ts";
import { eachTap, outputSize } from "./conv2d.ts";
import { clampedTo } from "./fused-activation.ts";
import { eachIndex, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";

export const depthwiseConv2d: Twin<DepthwiseConv2dAttrs> = (inputs, attrs) => {
  const x = required(inputs, 0);
  const w = required(inputs, 1);
  const multiplier = w.shape[3]!;
  const y = ndarray([x.shape[0]!, ...outputSize(x, w, attrs), x.shape[3]! * multiplier]);
  eachIndex(y.shape, ([n, oh, ow, f], offset) => {
    const c = Math.floor(f! / multiplier);
    let sum = inputs[2]?.data[f!] ?? 0;
    eachTap(x, w, attrs, oh!, ow!, (kh, kw, ih, iw) => {
      const factor = w.data[offsetOf(w.shape, [kh, kw, c, f! % multiplier])]!;
      sum += x.data[offsetOf(x.shape, [n!, ih, iw, c])]! * factor;
    });
    y.data[offset] = sum;
  });
  return clampedTo(attrs.activation, y);
};
