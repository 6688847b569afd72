/** From a build of the core to an engine: a WebAssembly instance with its own linear memory, and the threads that share it. */
import { instantiate, instantiateSync } from "@assemblyscript/loader";
import { GradCamError } from "../errors.ts";
import { CONTROL_END } from "./control.js";
import { Crew } from "./crew.ts";
import { hasRelaxedSimd, hasSimd } from "./features.ts";
import { type Bytes, inlinedBuild } from "./inlined.ts";
import { KERNEL_ARITY, type Kernels } from "./kernels.ts";
import { Heap } from "./memory.ts";
import { MAX_PAGES, withSharedMemory } from "./shared-memory.ts";
import { SharedTeam, soloTeam, type Team } from "./team.ts";
import { type Turbo, turboHelps } from "./turbo.ts";
import type { Allotment } from "./workforce.ts";

/** simd: every engine since 2021, mul then add. relaxed: fused multiply-add where the CPU has it. */
export type Build = "simd" | "relaxed";

export interface Engine {
  readonly build: Build;
  /** Multiply-add rounds once (checked, not assumed: "relaxed" lets the CPU decide). */
  readonly fma: boolean;
  /** The relaxed build with tiles that V8 fuses to 256 bits, which was seen to help. */
  readonly turbo: boolean;
  readonly kernels: Kernels;
  readonly heap: Heap;
  readonly team: Team;
  /** A second engine of this kind, with a memory and threads of its own. */
  readonly another: () => Promise<Engine>;
}

/** The first bytes stay unused, so that address 0 never means a tensor; then comes the control block of the threads. */
const HEAP_BASE = CONTROL_END;

/** The build that `wanted` means on this machine. Throws E_WASM_BLOCKED when it cannot run. */
export function chooseBuild(wanted: "auto" | Build): Build {
  if (!hasSimd()) {
    throw new GradCamError("E_WASM_BLOCKED", {
      where: "WebAssembly",
      expected: "an engine with fixed-width SIMD",
      hint: "use Node ≥ 20, Chrome ≥ 91, Firefox ≥ 113 or Safari ≥ 16.4",
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

export type ReadBuild = (build: Build) => Promise<Bytes | undefined>;

export interface EngineParts {
  /** A compiled module in place of the build inlined in the package. */
  readonly module?: WebAssembly.Module | undefined;
  /** Default: the caller's thread alone. */
  readonly threads?: Allotment;
  /** What to try first in place of the relaxed build; it is dropped if it does not help. */
  readonly turbo?: Turbo | undefined;
  /** Where else a build may be found; undefined where it is not. Default: inlined in the package. */
  readonly read?: ReadBuild | undefined;
}

export async function createEngine(
  build: Build,
  { module, threads = { threads: 1 }, turbo, read }: EngineParts = {},
): Promise<Engine> {
  const shared = threads.start && sharedMemory();
  const memory = shared ?? new WebAssembly.Memory({ initial: 1 });
  const bytes = async () => turbo?.bytes ?? (await read?.(build)) ?? inlinedBuild(build);
  const core = module ?? (await compile(build, bytes, shared !== undefined));
  const kernels = checkedKernels(await instanceOf(core, { env: { memory } }));
  const heap = new Heap(memory, HEAP_BASE);
  if (turbo && !turboHelps(kernels, heap)) {
    turbo.revoke();
    return createEngine(build, { threads, read });
  }
  const team = shared ? sharedTeam(kernels, core, memory, threads) : soloTeam(kernels, noteOf(threads));
  // What was compiled for a shared memory fits no other one, and the turbo build gives the bytes of the relaxed one.
  const another = () => createEngine(build, shared ? { threads } : { module: core });
  return { build, fma: roundsOnce(kernels, heap), turbo: turbo !== undefined, kernels, heap, team, another };
}

/** Undefined where so much address space cannot be had. */
function sharedMemory(): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
  } catch {
    return undefined;
  }
}

const noteOf = ({ start, note }: Allotment): string | undefined =>
  start ? "this machine gives no shared memory" : note;

function sharedTeam(kernels: Kernels, module: WebAssembly.Module, memory: WebAssembly.Memory, parts: Allotment): Team {
  const crew = new Crew({ threads: parts.threads, start: parts.start!, memory, module });
  const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function");
  return new SharedTeam({ kernels, names: functions.map(({ name }) => name), memory, crew, limits: parts.limits });
}

async function compile(build: Build, read: () => Promise<Bytes>, shared: boolean): Promise<WebAssembly.Module> {
  try {
    const bytes = await read();
    return await WebAssembly.compile(shared ? withSharedMemory(bytes) : bytes);
  } catch (cause) {
    throw new GradCamError("E_WASM_BLOCKED", {
      where: `${build}.wasm`,
      got: cause instanceof Error ? cause.message : String(cause),
      hint: "with a Content-Security-Policy, allow script-src 'wasm-unsafe-eval'",
      cause,
    });
  }
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
