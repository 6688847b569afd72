/** f64 twin of convTranspose2d: every input is spread over the outputs that its taps reach. */
import type { ConvTranspose2dAttrs } from "../../src/ops/files/conv-transpose2d.ts";
import { eachIndex, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";

export const convTranspose2d: Twin<ConvTranspose2dAttrs> = (inputs, attrs) => {
  const x = required(inputs, 0);
  const w = required(inputs, 1);
  const { strides, dilations, padding, groups, outputPadding } = attrs;
  const [kH, kW, perGroup, inC] = w.shape as [number, number, number, number];
  const side = (axis: 0 | 1, kernel: number): number =>
    (x.shape[axis + 1]! - 1) * strides[axis] +
    dilations[axis] * (kernel - 1) +
    (1 + outputPadding[axis]) -
    (padding[2 * axis]! + padding[2 * axis + 1]!);
  const y = ndarray([x.shape[0]!, side(0, kH), side(1, kW), perGroup * groups]);
  eachIndex(y.shape, (index, offset) => (y.data[offset] = inputs[2]?.data[index[3]!] ?? 0));
  eachIndex([...x.shape, kH, kW, perGroup], ([n, h, width, c, kh, kw, o]) => {
    const oh = h! * strides[0] + kh! * dilations[0] - padding[0];
    const ow = width! * strides[1] + kw! * dilations[1] - padding[2];
    if (oh < 0 || ow < 0 || oh >= y.shape[1]! || ow >= y.shape[2]!) return;
    const group = Math.floor(c! / (inC / groups));
    const at = offsetOf(y.shape, [n!, oh, ow, group * perGroup + o!]);
    y.data[at]! += x.data[offsetOf(x.shape, [n!, h!, width!, c!])]! * w.data[offsetOf(w.shape, [kh!, kw!, o!, c!])]!;
  });
  return y;
};
