/**
 * The first half of V = Bᵀ·d·B where d = dy behind a clamp, masked as it is read: what mask-gradient.ts does, but without a
 * copy of each pixel for each of the tiles that it belongs to.
 */
import { TURBO } from "../lib/simd";
import { TILE_LINE_BYTES, WinogradJob } from "./winograd-job";
import { transformInput, transformInputPair } from "./winograd-points";

/** One column of the tile as winogradInputColumn makes it, `bytes` of channels in whole vectors. */
export function winogradGatedColumn(pixels: usize, shift: usize, job: WinogradJob, to: usize, bytes: usize): void {
  const constants = job.constants;
  const lows = v128.load32_splat(changetype<usize>(job), offsetof<WinogradJob>("gateLow"));
  const highs = v128.load32_splat(changetype<usize>(job), offsetof<WinogradJob>("gateHigh"));
  let d0 = <usize>load<u32>(pixels);
  let g0 = gateOf(job, d0) + shift;
  d0 += shift;
  let d1 = <usize>load<u32>(pixels, 4);
  let g1 = gateOf(job, d1) + shift;
  d1 += shift;
  let d2 = <usize>load<u32>(pixels, 8);
  let g2 = gateOf(job, d2) + shift;
  d2 += shift;
  let d3 = <usize>load<u32>(pixels, 12);
  let g3 = gateOf(job, d3) + shift;
  d3 += shift;
  let d4 = <usize>load<u32>(pixels, 16);
  let g4 = gateOf(job, d4) + shift;
  d4 += shift;
  let d5 = <usize>load<u32>(pixels, 20);
  let g5 = gateOf(job, d5) + shift;
  d5 += shift;
  if (TURBO) {
    for (const end = to + (bytes & ~31); to < end; to += 32) {
      transformInputPair(
        gated(v128.load(d0), v128.load(g0), lows, highs),
        gated(v128.load(d0, 16), v128.load(g0, 16), lows, highs),
        gated(v128.load(d1), v128.load(g1), lows, highs),
        gated(v128.load(d1, 16), v128.load(g1, 16), lows, highs),
        gated(v128.load(d2), v128.load(g2), lows, highs),
        gated(v128.load(d2, 16), v128.load(g2, 16), lows, highs),
        gated(v128.load(d3), v128.load(g3), lows, highs),
        gated(v128.load(d3, 16), v128.load(g3, 16), lows, highs),
        gated(v128.load(d4), v128.load(g4), lows, highs),
        gated(v128.load(d4, 16), v128.load(g4, 16), lows, highs),
        gated(v128.load(d5), v128.load(g5), lows, highs),
        gated(v128.load(d5, 16), v128.load(g5, 16), lows, highs),
        constants,
        to,
        TILE_LINE_BYTES,
      );
      d0 += 32;
      d1 += 32;
      d2 += 32;
      d3 += 32;
      d4 += 32;
      d5 += 32;
      g0 += 32;
      g1 += 32;
      g2 += 32;
      g3 += 32;
      g4 += 32;
      g5 += 32;
    }
    if (!(bytes & 16)) return;
    bytes = 16;
  }
  for (const end = to + bytes; to < end; to += 16) {
    transformInput(
      gated(v128.load(d0), v128.load(g0), lows, highs),
      gated(v128.load(d1), v128.load(g1), lows, highs),
      gated(v128.load(d2), v128.load(g2), lows, highs),
      gated(v128.load(d3), v128.load(g3), lows, highs),
      gated(v128.load(d4), v128.load(g4), lows, highs),
      gated(v128.load(d5), v128.load(g5), lows, highs),
      constants,
      to,
      TILE_LINE_BYTES,
    );
    d0 += 16;
    d1 += 16;
    d2 += 16;
    d3 += 16;
    d4 += 16;
    d5 += 16;
    g0 += 16;
    g1 += 16;
    g2 += 16;
    g3 += 16;
    g4 += 16;
    g5 += 16;
  }
}

/** Where the gate of a pixel of x is; that of the padding may be anything. */
// @ts-ignore: decorator
@inline
function gateOf(job: WinogradJob, pixel: usize): usize {
  return pixel == job.zeros ? pixel : pixel - job.x + job.gate;
}

// @ts-ignore: decorator
@inline
function gated(dy: v128, y: v128, lows: v128, highs: v128): v128 {
  return v128.andnot(dy, v128.or(f32x4.le(y, lows), f32x4.ge(y, highs)));
}
