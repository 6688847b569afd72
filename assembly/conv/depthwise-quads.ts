/**
 * Depthwise convolutions whose kernels are five wide, not dilated sideways and move by one pixel, for whole vectors of channels
 * and one filter each: four outputs of a line at a time by the tile of depthwise-tiles.ts.
 */
import { ConvGeometry } from "./geometry";
import { depthwiseFive } from "./depthwise-tiles";

/** What the loops below work on. Lives in scratch, followed by the tables. */
// @ts-ignore: decorator
@unmanaged
class Quads {
  /** u32[4]: where the outputs go. */
  outputs0: u32;
  outputs1: u32;
  outputs2: u32;
  outputs3: u32;
  /** Kernel rows inside the picture, the first of which is firstKH; their lines of x are lineBytes apart from `line` on. */
  rows: i32;
  firstKH: i32;
  line: usize;
  lineBytes: usize;
}

const TABLE_AT: usize = 64;
/** Columns of x that four outputs see. */
const COLUMNS: usize = 8;

/** Whether there is a tile for this convolution. */
export function fitsQuads(g: ConvGeometry): bool {
  return g.kW == 5 && g.strideW == 1 && g.dilationW == 1 && g.outC == g.inC && (g.inC & 3) == 0;
}

/** Scratch for quadRows: tables, a pixel of zeros and one to throw away. */
export function quadBytes(g: ConvGeometry): usize {
  return tableEnd(g) + (<usize>g.inC << 3);
}

// @ts-ignore: decorator
@inline
function tableEnd(g: ConvGeometry): usize {
  return (TABLE_AT + <usize>g.kH * COLUMNS * 4 + 15) & ~15;
}

/** Outputs firstRow…lastRow−1 of y = clamp(bias + x∗w); bias 0 for none. Sums are the same however rows are cut. */
export function quadRows(
  g: ConvGeometry,
  x: usize,
  w: usize,
  bias: usize,
  y: usize,
  low: f32,
  high: f32,
  firstRow: i32,
  lastRow: i32,
  scratch: usize,
): void {
  const quads = changetype<Quads>(scratch);
  const bytes = <usize>g.outC << 2;
  const zeros = scratch + tableEnd(g);
  memory.fill(zeros, 0, bytes);
  if (!bias) bias = zeros;
  for (let m = firstRow; m < lastRow; ) {
    const line = m / g.outW;
    const end = min(lastRow, (line + 1) * g.outW);
    selectLines(quads, g, x, line);
    const kernel = w + <usize>(quads.firstKH * g.kW) * bytes;
    for (; m < end; m += 4) {
      addressOutputs(quads, y + <usize>m * bytes, bytes, end - m, zeros + bytes);
      addressColumns(quads, g, m - line * g.outW - g.padLeft, zeros);
      depthwiseFive(scratch, scratch + TABLE_AT, quads.rows, kernel, bias, bytes, low, high);
    }
    m = end;
  }
}

/** The kernel rows that lie over lines of the picture: neighbours, because lines ascend with them. */
function selectLines(quads: Quads, g: ConvGeometry, x: usize, line: i32): void {
  const ih0 = (line % g.outH) * g.strideH - g.padTop;
  let first = 0;
  while (first < g.kH && ih0 + first * g.dilationH < 0) first++;
  let last = first;
  while (last < g.kH && ih0 + last * g.dilationH < g.inH) last++;
  const pixelBytes = <usize>g.inC << 2;
  quads.firstKH = first;
  quads.rows = last - first;
  quads.line = x + <usize>(((line / g.outH) * g.inH + ih0 + first * g.dilationH) * g.inW) * pixelBytes;
  quads.lineBytes = <usize>(g.dilationH * g.inW) * pixelBytes;
}

/** Four outputs from `y` on, of which `left` exist; the others go to `waste`. */
function addressOutputs(quads: Quads, y: usize, bytes: usize, left: i32, waste: usize): void {
  quads.outputs0 = <u32>y;
  quads.outputs1 = <u32>(left > 1 ? y + bytes : waste);
  quads.outputs2 = <u32>(left > 2 ? y + 2 * bytes : waste);
  quads.outputs3 = <u32>(left > 3 ? y + 3 * bytes : waste);
}

/** The pixels from column iw on in each of the lines, and zeros where there is none. */
function addressColumns(quads: Quads, g: ConvGeometry, iw: i32, zeros: usize): void {
  const columns = COLUMNS * 4;
  const lineBytes = quads.lineBytes;
  const pixelBytes = <usize>g.inC << 2;
  const table = changetype<usize>(quads) + TABLE_AT;
  let pixel = quads.line + <usize>iw * pixelBytes;
  for (let column: usize = 0; column < columns; column += 4) {
    const inside = <u32>iw < <u32>g.inW;
    let at = table + column;
    let address = inside ? pixel : zeros;
    for (let row = quads.rows; row > 0; row--) {
      store<u32>(at, <u32>address);
      at += columns;
      address += inside ? lineBytes : 0;
    }
    pixel += pixelBytes;
    iw++;
  }
}
