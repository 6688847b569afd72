/**
 * What the CPU could do and what the register tile does, in one module. Compiled with the flags of the core, once per
 * build, and never shipped.
 */
import { MR } from "../../assembly/gemm/kernel";
import { TileJob } from "../../assembly/gemm/tile-job";
import { madd } from "../../assembly/lib/simd";

export { tiles4, tiles6 } from "../../assembly/gemm/kernel";

/** Rows of the tile that this build multiplies with: tiles4 or tiles6. */
export function tileRows(): i32 {
  return MR;
}

/** Multiply-adds of four lanes per round of `peak`. */
const MADDS: i32 = 24;

export function flopPerRound(): i32 {
  return MADDS * 4 * 2;
}

/**
 * Nothing but multiply-adds in registers: 12 independent chains, more than latency × pipes of any CPU so far,
 * with both operands in registers. The sum keeps the optimiser from dropping a chain.
 */
export function peak(rounds: i32, a: f32, b: f32): f32 {
  const x = f32x4.splat(a);
  const y = f32x4.splat(b);
  let c0 = x;
  let c1 = y;
  let c2 = f32x4.add(x, y);
  let c3 = f32x4.sub(x, y);
  let c4 = f32x4.mul(x, y);
  let c5 = f32x4.add(c2, y);
  let c6 = f32x4.add(c3, y);
  let c7 = f32x4.add(c4, y);
  let c8 = f32x4.sub(c4, x);
  let c9 = f32x4.sub(c5, x);
  let c10 = f32x4.add(c8, c9);
  let c11 = f32x4.sub(c8, c9);
  do {
    c0 = madd(x, y, c0);
    c1 = madd(x, y, c1);
    c2 = madd(x, y, c2);
    c3 = madd(x, y, c3);
    c4 = madd(x, y, c4);
    c5 = madd(x, y, c5);
    c6 = madd(x, y, c6);
    c7 = madd(x, y, c7);
    c8 = madd(x, y, c8);
    c9 = madd(x, y, c9);
    c10 = madd(x, y, c10);
    c11 = madd(x, y, c11);
    c0 = madd(x, y, c0);
    c1 = madd(x, y, c1);
    c2 = madd(x, y, c2);
    c3 = madd(x, y, c3);
    c4 = madd(x, y, c4);
    c5 = madd(x, y, c5);
    c6 = madd(x, y, c6);
    c7 = madd(x, y, c7);
    c8 = madd(x, y, c8);
    c9 = madd(x, y, c9);
    c10 = madd(x, y, c10);
    c11 = madd(x, y, c11);
  } while (--rounds > 0);
  c0 = f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3));
  c4 = f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7));
  c8 = f32x4.add(f32x4.add(c8, c9), f32x4.add(c10, c11));
  return f32x4.extract_lane(f32x4.add(f32x4.add(c0, c4), c8), 0);
}

/** Bytes that `tileJob` takes. */
export function tileJobBytes(tiles: i32): usize {
  return JOB_BYTES + SPILL_BYTES + <usize>(tiles * MR) * 4;
}

const JOB_BYTES: usize = 128;
const SPILL_BYTES: usize = 192;

/**
 * A job for `tiles` tiles of MR × 8 over k steps, at `at`: C[MR·tiles, 8] = A·B, where the rows of A repeat after
 * `rows` of them, so that everything stays in the L1 cache however long the run.
 */
export function tileJob(at: usize, a: usize, rows: i32, panel: usize, k: i32, c: usize, tiles: i32): usize {
  const job = changetype<TileJob>(at);
  const spill = at + JOB_BYTES;
  const addresses = spill + SPILL_BYTES;
  for (let i = 0; i < tiles * MR; i++) {
    store<u32>(addresses + (<usize>i << 2), <u32>(a + ((<usize>(i % rows) * <usize>k) << 2)));
  }
  job.rows = addresses;
  job.tapBytes = 0;
  job.taps = 1;
  job.depth = k;
  job.shift = 0;
  job.panel = panel;
  job.c = c;
  job.cBytes = 32;
  job.from = 0;
  job.plus = 0;
  job.clamps = false;
  job.columns = 8;
  job.low = -f32.POSITIVE_INFINITY;
  job.high = f32.POSITIVE_INFINITY;
  job.spill = spill;
  job.ahead = 0;
  job.aheadEnd = 0;
  job.aheadBytes = 0;
  return at;
}
