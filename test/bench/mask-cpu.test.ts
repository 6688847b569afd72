/** The AVX2 mask: what a process under it finds out about its CPU, and that WebAssembly's traps still work there. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

/** Leaf 7, EBX: bit 5 is AVX2, bit 16 AVX-512F. Asked by a constructor, by main and by a thread that blocks all signals. */
const PROBE = `
#include <cpuid.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
static void ask(const char *who) {
  unsigned a, b, c, d;
  __cpuid_count(7, 0, a, b, c, d);
  printf("%s %u %u\\n", who, b >> 5 & 1, b >> 16 & 1);
}
__attribute__((constructor)) static void early(void) { ask("constructor"); }
static void *thread(void *_) { ask("thread"); return _; }
int main(void) {
  sigset_t all;
  pthread_t other;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, 0);
  ask("main");
  pthread_create(&other, 0, thread, 0);
  pthread_join(other, 0);
}`;

/** (func (export "f") (result i32) (i32.load (i32.const -4))) */
const OUT_OF_BOUNDS = "AGFzbQEAAAABBQFgAAF/AwIBAAUDAQABBwUBAWYAAAoJAQcAQXwoAgAL";
const TRAP = `
const { instance } = await WebAssembly.instantiate(Buffer.from("${OUT_OF_BOUNDS}", "base64"));
try { instance.exports.f(); } catch (error) { console.log(error.constructor.name); }`;

const folder = mkdtempSync(join(tmpdir(), "mask-cpu-"));
const [mask, probe] = [join(folder, "mask-cpu.so"), join(folder, "probe")];
afterAll(() => rmSync(folder, { recursive: true }));

const under = (program: string, ...options: readonly string[]): string =>
  execFileSync(program, options, { env: { ...process.env, LD_PRELOAD: mask }, encoding: "utf8" });

/** False without a compiler, or on a CPU that cannot make CPUID fault. */
function possible(): boolean {
  if (process.platform !== "linux" || process.arch !== "x64") return false;
  writeFileSync(`${probe}.c`, PROBE);
  const builds = [
    ["-shared", "-fPIC", "bench/mask-cpu/mask-cpu.c", "-Wl,-z,initfirst", "-ldl", "-o", mask],
    [`${probe}.c`, "-o", probe, "-lpthread"],
  ];
  if (builds.some((options) => spawnSync("gcc", options).status !== 0)) return false;
  return spawnSync(probe, { env: { ...process.env, LD_PRELOAD: mask } }).status === 0;
}

describe.skipIf(!possible())("under the AVX2 mask", () => {
  it("nobody sees AVX-512, from the first constructor to the last thread", () => {
    const avx2 = execFileSync(probe, { encoding: "utf8" }).split(" ")[1];
    const lines = ["constructor", "main", "thread"].map((who) => `${who} ${avx2} 0\n`);
    expect(under(probe)).toBe(lines.join(""));
  });

  it("a load out of bounds is still WebAssembly's RuntimeError", () => {
    expect(under(process.execPath, "--input-type=module", "--eval", TRAP)).toBe("RuntimeError\n");
  });
});
