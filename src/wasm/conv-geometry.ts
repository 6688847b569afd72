/** The shape of a convolution as the kernels read it: assembly/conv/geometry.ts, field by field. */
import type { Padding, Pair, Shape } from "../shape.ts";
import type { Heap } from "./memory.ts";

export interface ConvGeometry {
  readonly batch: number;
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
  readonly outH: number;
  readonly outW: number;
  readonly outC: number;
  readonly kH: number;
  readonly kW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** Fifteen i32 and a spare one. */
export const GEOMETRY_BYTES = 64;

export interface Window {
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding;
}

/** @param x,y NHWC @param kernel [kH, kW] */
export function convGeometry(x: Shape, kernel: Pair, y: Shape, window: Window): ConvGeometry {
  return {
    batch: x[0]!,
    inH: x[1]!,
    inW: x[2]!,
    inC: x[3]!,
    outH: y[1]!,
    outW: y[2]!,
    outC: y[3]!,
    kH: kernel[0],
    kW: kernel[1],
    strideH: window.strides[0],
    strideW: window.strides[1],
    dilationH: window.dilations[0],
    dilationW: window.dilations[1],
    padTop: window.padding[0],
    padLeft: window.padding[2],
  };
}

/** The convolution that computes dx from dy and the flipped kernel, when both strides are 1. */
export function adjointGeometry(g: ConvGeometry): ConvGeometry {
  return {
    ...g,
    inH: g.outH,
    inW: g.outW,
    inC: g.outC,
    outH: g.inH,
    outW: g.inW,
    outC: g.inC,
    padTop: g.dilationH * (g.kH - 1) - g.padTop,
    padLeft: g.dilationW * (g.kW - 1) - g.padLeft,
  };
}

export function writeGeometry(heap: Heap, ptr: number, g: ConvGeometry): void {
  const words = heap.i32(ptr, 15);
  words[0] = g.batch;
  words[1] = g.inH;
  words[2] = g.inW;
  words[3] = g.inC;
  words[4] = g.outH;
  words[5] = g.outW;
  words[6] = g.outC;
  words[7] = g.kH;
  words[8] = g.kW;
  words[9] = g.strideH;
  words[10] = g.strideW;
  words[11] = g.dilationH;
  words[12] = g.dilationW;
  words[13] = g.padTop;
  words[14] = g.padLeft;
}
