/** V = Bᵀ·d·B: a tile of x becomes its 36 points, columns first, then rows, a run of channels at a time. */
import { TURBO } from "../lib/simd";
import { maskGradient } from "../mask-gradient";
import { ConvGeometry } from "./geometry";
import { winogradGatedColumn } from "./winograd-gated-input";
import { RUN, RUN_BYTES, TILE_LINE_BYTES, WinogradJob } from "./winograd-job";
import { TILE, transformInput, transformInputPair } from "./winograd-points";

/** V[·, tile, ·] of the tile whose first output is (row, col) of picture n. */
export function inputTile(job: WinogradJob, g: ConvGeometry, n: i32, row: i32, col: i32, tile: i32): void {
  addressPixels(job, g, n, row - g.padTop, col - g.padLeft);
  let v = job.v + <usize>tile * job.vBytes;
  for (let channel = 0; channel < job.channels; channel += RUN) {
    const count = min(RUN, job.channels - channel);
    const shift = <usize>channel << 2;
    const bytes = <usize>((count + 3) & ~3) << 2;
    for (let column: usize = 0; column < TILE; column++) {
      const pixels = job.pixels + column * (TILE * 4);
      const to = job.lines + column * RUN_BYTES;
      if (count & 3) winogradInputColumn(stageColumn(job, pixels, shift, count), 0, job.constants, to, bytes);
      else if (job.gate) winogradGatedColumn(pixels, shift, job, to, bytes);
      else winogradInputColumn(pixels, shift, job.constants, to, bytes);
    }
    for (let i: usize = 0; i < TILE; i++) {
      const to = v + i * TILE * job.vPointBytes;
      winogradInputRow(job.lines + i * TILE_LINE_BYTES, job.constants, to, job.vPointBytes, bytes);
    }
    v += RUN_BYTES;
  }
}

/** The addresses of the 36 inputs from (ih0, iw0) on; in the padding that of a pixel of zeros. */
function addressPixels(job: WinogradJob, g: ConvGeometry, n: i32, ih0: i32, iw0: i32): void {
  let at = job.pixels;
  for (let iw = iw0; iw < iw0 + <i32>TILE; iw++) {
    for (let ih = ih0; ih < ih0 + <i32>TILE; ih++) {
      const pixel = g.pixel(job.x, n, ih, iw);
      store<u32>(at, <u32>(pixel ? pixel : job.zeros));
      at += 4;
    }
  }
}

/**
 * `count` channels of six pixels, behind the gate and with zeros up to whole vectors; returns the table of their
 * addresses.
 */
function stageColumn(job: WinogradJob, pixels: usize, shift: usize, count: i32): usize {
  let to = job.staged;
  for (let i: usize = 0; i < TILE; i++) {
    const pixel = <usize>load<u32>(pixels + (i << 2));
    v128.store(to + (<usize>(count & ~3) << 2), f32x4.splat(0));
    const gated = job.gate != 0 && pixel != job.zeros;
    const gate = gated ? pixel - job.x + job.gate + shift : job.zeros;
    maskGradient(pixel + shift, gate, to, count, gated ? job.gateLow : f32.NaN, gated ? job.gateHigh : f32.NaN);
    store<u32>(job.stagedPixels + (i << 2), <u32>to);
    to += RUN_BYTES;
  }
  return job.stagedPixels;
}

/** One column of the tile, `bytes` of channels: lines 0…5 of it at `to`, TILE_LINE_BYTES apart. */
export function winogradInputColumn(pixels: usize, shift: usize, constants: usize, to: usize, bytes: usize): void {
  let d0 = <usize>load<u32>(pixels) + shift;
  let d1 = <usize>load<u32>(pixels, 4) + shift;
  let d2 = <usize>load<u32>(pixels, 8) + shift;
  let d3 = <usize>load<u32>(pixels, 12) + shift;
  let d4 = <usize>load<u32>(pixels, 16) + shift;
  let d5 = <usize>load<u32>(pixels, 20) + shift;
  if (TURBO) {
    for (const end = to + (bytes & ~31); to < end; to += 32) {
      transformInputPair(
        v128.load(d0),
        v128.load(d0, 16),
        v128.load(d1),
        v128.load(d1, 16),
        v128.load(d2),
        v128.load(d2, 16),
        v128.load(d3),
        v128.load(d3, 16),
        v128.load(d4),
        v128.load(d4, 16),
        v128.load(d5),
        v128.load(d5, 16),
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
    }
    if (!(bytes & 16)) return;
    bytes = 16;
  }
  for (const end = to + bytes; to < end; to += 16) {
    transformInput(
      v128.load(d0),
      v128.load(d1),
      v128.load(d2),
      v128.load(d3),
      v128.load(d4),
      v128.load(d5),
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
  }
}

/** One row of lines: six points of V, pointBytes apart. */
export function winogradInputRow(line: usize, constants: usize, to: usize, pointBytes: usize, bytes: usize): void {
  if (TURBO) {
    for (const end = to + (bytes & ~31); to < end; to += 32) {
      transformInputPair(
        v128.load(line),
        v128.load(line, 16),
        v128.load(line, RUN_BYTES),
        v128.load(line, RUN_BYTES + 16),
        v128.load(line, 2 * RUN_BYTES),
        v128.load(line, 2 * RUN_BYTES + 16),
        v128.load(line, 3 * RUN_BYTES),
        v128.load(line, 3 * RUN_BYTES + 16),
        v128.load(line, 4 * RUN_BYTES),
        v128.load(line, 4 * RUN_BYTES + 16),
        v128.load(line, 5 * RUN_BYTES),
        v128.load(line, 5 * RUN_BYTES + 16),
        constants,
        to,
        pointBytes,
      );
      line += 32;
    }
    if (!(bytes & 16)) return;
    bytes = 16;
  }
  for (const end = to + bytes; to < end; to += 16) {
    transformInput(
      v128.load(line),
      v128.load(line, RUN_BYTES),
      v128.load(line, 2 * RUN_BYTES),
      v128.load(line, 3 * RUN_BYTES),
      v128.load(line, 4 * RUN_BYTES),
      v128.load(line, 5 * RUN_BYTES),
      constants,
      to,
      pointBytes,
    );
    line += 16;
  }
}
