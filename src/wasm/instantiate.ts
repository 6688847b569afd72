/** From a build of the core to an engine: one WebAssembly instance with its own linear memory. */
import { instantiate, instantiateSync } from "@assemblyscript/loader";
import { GradCamError } from "../errors.ts";
import { hasRelaxedSimd, hasSimd } from "./features.ts";
import { KERNEL_ARITY, type Kernels } from "./kernels.ts";
import { Heap } from "./memory.ts";

/** simd: every engine since 2021, mul then add. relaxed: fused multiply-add where the CPU has it. */
export type Build = "simd" | "relaxed";

export interface Engine {
  readonly build: Build;
  /** Multiply-add rounds once (checked, not assumed: "relaxed" lets the CPU decide). */
  readonly fma: boolean;
  readonly kernels: Kernels;
  readonly heap: Heap;
}

/** The first bytes stay unused: address 0 never means a tensor. */
const HEAP_BASE = 1024;

/** The build that `wanted` means on this machine. Throws E_WASM_BLOCKED when it cannot run. */
export function chooseBuild(wanted: "auto" | Build): Build {
  if (!hasSimd()) {
    throw new GradCamError("E_WASM_BLOCKED", {
      where: "WebAssembly",
      expected: "an engine with fixed-width SIMD",
      hint: "use Node ≥ 20, Chrome ≥ 91, Firefox ≥ 89 or Safari ≥ 16.4",
    });
  }
  if (wanted === "auto") return hasRelaxedSimd() ? "relaxed" : "simd";
  if (wanted === "relaxed" && !hasRelaxedSimd()) {
    throw new GradCamError("E_OPTION", {
      where: 'build "relaxed"',
      expected: "an engine with relaxed SIMD",
      hint: 'use build: "auto" or "simd"',
    });
  }
  return wanted;
}

/** @param source a compiled module, or undefined for the build inlined in the package. */
export async function createEngine(build: Build, source?: WebAssembly.Module): Promise<Engine> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = source ?? (await compile(build));
  const kernels = checkedKernels(await instanceOf(module, { env: { memory } }));
  const heap = new Heap(memory, HEAP_BASE);
  return { build, fma: roundsOnce(kernels, heap), kernels, heap };
}

async function compile(build: Build): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await inlinedBytes(build));
  } catch (cause) {
    throw new GradCamError("E_WASM_BLOCKED", {
      where: `${build}.wasm`,
      got: cause instanceof Error ? cause.message : String(cause),
      hint: "with a Content-Security-Policy, allow script-src 'wasm-unsafe-eval'",
      cause,
    });
  }
}

async function inlinedBytes(build: Build): Promise<Uint8Array<ArrayBuffer>> {
  const base64 =
    build === "relaxed"
      ? (await import("./generated/relaxed.ts")).relaxedBase64
      : (await import("./generated/simd.ts")).simdBase64;
  return decodeBase64(base64);
}

/** Three times as fast in a cold process as Uint8Array.from with a function. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/**
 * The loader's asynchronous way asks whether its source is a Response, and in Node that question alone loads all of
 * fetch (40 ms). Chrome before 115 refuses the synchronous way to a page's main thread with a RangeError.
 */
async function instanceOf(module: WebAssembly.Module, imports: WebAssembly.Imports): Promise<WebAssembly.Exports> {
  try {
    return instantiateSync(module, imports).instance.exports;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return (await instantiate(module, imports)).instance.exports;
  }
}

function checkedKernels(exports: WebAssembly.Exports): Kernels {
  for (const [name, arity] of Object.entries(KERNEL_ARITY)) {
    const kernel = exports[name];
    if (typeof kernel !== "function" || kernel.length !== arity) {
      throw new GradCamError("E_INTERNAL", {
        where: `kernel ${name}`,
        expected: `an export with ${String(arity)} parameters`,
        got: typeof kernel === "function" ? `${String(kernel.length)} parameters` : typeof kernel,
        hint: "the .wasm file is not of this version of gradcam-wasm",
      });
    }
  }
  return exports as unknown as Kernels;
}

/** (1+2⁻¹²)² − (1+2⁻¹¹) is 2⁻²⁴ when fused and 0 when the product is rounded first. */
function roundsOnce(kernels: Kernels, heap: Heap): boolean {
  const ptr = heap.alloc(16);
  heap.f32(ptr, 4).fill(1 + 2 ** -12);
  const residue = kernels.multiplyAdd(ptr, -(1 + 2 ** -11));
  heap.free(ptr);
  return residue !== 0;
}
