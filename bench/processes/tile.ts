/**
 * Prints GFLOP/s by round: the peak of 128-bit fused multiply-adds (bench/assembly/tile.ts, nothing but registers) and
 * the register tile of both builds, six or four rows of eight, with everything in the L1 cache (k = 256, 12 rows of A).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { BUILD } from "../root.ts";
import { spread } from "../statistics.ts";

export interface TileRates {
  readonly peak: number[];
  readonly relaxed: number[];
  readonly simd: number[];
}

interface TileExports {
  peak(rounds: number, a: number, b: number): number;
  flopPerRound(): number;
  tileJob(at: number, a: number, rows: number, panel: number, k: number, c: number, tiles: number): number;
  tileRows(): number;
  tiles4(job: number, row: number, count: number): void;
  tiles6(job: number, row: number, count: number): void;
}

/** A 12 KiB, B 8 KiB, C at most 3 KiB: the L1 cache of any CPU holds them. */
const [K, ROWS, TILES] = [256, 12, 16];
/** Byte addresses of the job, A, B and C in a memory of their own. */
const [JOB, A, B, C] = [1024, 0x10000, 0x18000, 0x1c000];
const PEAK_ROUNDS = 2000;
const ROUNDS = 60;
/** Calls per round: a millisecond or two. */
const CALLS = 200;

if (process.versions.v8.startsWith("11.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

function load(build: "relaxed" | "simd"): { exports: TileExports; tile: () => void; flop: number } {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const module = new WebAssembly.Module(readFileSync(join(BUILD, `${build}.wasm`)));
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as TileExports;
  const [a, b] = [new Float32Array(memory.buffer, A, ROWS * K), new Float32Array(memory.buffer, B, K * 8)];
  a.fill(0.5);
  b.fill(0.25);
  const job = exports.tileJob(JOB, A, ROWS, B, K, C, TILES);
  const mr = exports.tileRows();
  const tile = mr === 6 ? () => exports.tiles6(job, 0, TILES) : () => exports.tiles4(job, 0, TILES);
  tile();
  const c = new Float32Array(memory.buffer, C, TILES * mr * 8);
  if (!c.every((value) => value === K / 8)) throw new Error(`${build}: the tile computes something else`);
  return { exports, tile, flop: 2 * K * TILES * mr * 8 };
}

/** GFLOP/s of `calls` calls. */
function rate(work: () => void, flop: number, calls: number): number {
  const begun = performance.now();
  for (let i = 0; i < calls; i++) work();
  return (calls * flop) / (performance.now() - begun) / 1e6;
}

const [relaxed, simd] = [load("relaxed"), load("simd")];
const peakFlop = relaxed.exports.flopPerRound() * PEAK_ROUNDS;
const lanes = {
  peak: () => rate(() => relaxed.exports.peak(PEAK_ROUNDS, 1e-3, 1e-3), peakFlop, CALLS / 4),
  relaxed: () => rate(relaxed.tile, relaxed.flop, CALLS),
  simd: () => rate(simd.tile, simd.flop, CALLS),
};
for (const lane of Object.values(lanes)) {
  const warm: number[] = [];
  while (warm.length < 10 || (warm.length < 100 && spread(warm, 5) > 0.03)) warm.push(lane());
}
const rates: TileRates = { peak: [], relaxed: [], simd: [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const name of ["peak", "relaxed", "simd"] as const) rates[name].push(lanes[name]());
}
process.stdout.write(JSON.stringify(rates));
