/** What this CPU can do: a loop of nothing but 128-bit fused multiply-adds in registers (assembly/tile.ts). */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BUILD, ROOT } from "./root.ts";

export type TileBuild = "relaxed" | "simd";

interface PeakExports {
  readonly peak: (rounds: number, a: number, b: number) => number;
  readonly flopPerRound: () => number;
}

/** A few hundred microseconds per call: long against the clock, short against a time slice. */
const ROUNDS = 2000;
const CALLS = 50;

const tileModule = (build: TileBuild): string => join(BUILD, `${build}.wasm`);

/** The core and bench/assembly/tile.ts in one module, with the core's own compiler options. */
export function compileTile(build: TileBuild): void {
  mkdirSync(BUILD, { recursive: true });
  const compiler = join(ROOT, "node_modules/assemblyscript/bin/asc.js");
  const options = ["--config", "asconfig.json", "--target", build, "--outFile", tileModule(build)];
  execFileSync(process.execPath, [compiler, "bench/assembly/tile.ts", ...options], { cwd: ROOT, stdio: "pipe" });
}

/** Compiled anew only when the core's build is newer: the loop itself does not change. */
export function compilePeak(): void {
  const [core, module] = [join(ROOT, "build/relaxed.wasm"), tileModule("relaxed")];
  if (!existsSync(module) || statSync(module).mtimeMs < statSync(core).mtimeMs) compileTile("relaxed");
}

/** A function that measures the peak in GFLOP/s. Relaxed SIMD must be enabled. */
export function loadPeak(): () => number {
  const module = new WebAssembly.Module(readFileSync(tileModule("relaxed")));
  const memory = new WebAssembly.Memory({ initial: 2 });
  const { peak, flopPerRound } = new WebAssembly.Instance(module, { env: { memory } })
    .exports as unknown as PeakExports;
  const flop = flopPerRound() * ROUNDS * CALLS;
  return () => {
    const begun = performance.now();
    for (let i = 0; i < CALLS; i++) peak(ROUNDS, 1e-3, 1e-3);
    return flop / (performance.now() - begun) / 1e6;
  };
}
