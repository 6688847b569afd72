/** Engines for tests: all builds, with the relaxed one enabled on Node 20 as node.ts does. */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { type Build, createEngine, type Engine } from "../../src/wasm/instantiate.ts";
import type { OpContext } from "../../src/ops/op.ts";
import type { DType, Tensor } from "../../src/wasm/memory.ts";
import { elements, type Shape } from "../../src/shape.ts";

if (process.versions.v8.startsWith("11.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

export const BUILDS: readonly Build[] = ["simd", "relaxed"];

/** What is compiled: the turbo core is one of the relaxed build, plain WebAssembly that runs everywhere, if slowly. */
export const CORES = [...BUILDS, "turbo"] as const;
export type Core = (typeof CORES)[number];

const engines = new Map<Core, Promise<Engine>>();

/** One engine per core and test file. */
export function testEngine(core: Core): Promise<Engine> {
  let engine = engines.get(core);
  if (!engine) engines.set(core, (engine = core === "turbo" ? turboEngine() : createEngine(core)));
  return engine;
}

async function turboEngine(): Promise<Engine> {
  const bytes = readFileSync(new URL("../../build/turbo.wasm", import.meta.url));
  return createEngine("relaxed", { module: await WebAssembly.compile(bytes) });
}

/** An OpContext whose scratch and tensors live until `release`. */
export interface Bench extends OpContext {
  /** Copies values in (or zeros). */
  tensor(shape: Shape, values?: ArrayLike<number>, dtype?: DType): Tensor;
  /** Copies values out. */
  read(tensor: Tensor): Float32Array;
  release(): void;
}

/** A bench on an engine: allocate, run an op, read, release. */
export function bench(engine: Engine): Bench {
  const owned: number[] = [];
  const { kernels, heap, team } = engine;
  const scratch = (bytes: number): number => {
    const ptr = heap.alloc(bytes);
    owned.push(ptr);
    return ptr;
  };
  return {
    kernels,
    heap,
    team,
    scratch,
    tensor(shape, values, dtype = "f32") {
      if (dtype !== "f32") throw new Error("tests make f32 tensors; narrow them with the kernel");
      const n = elements(shape);
      const ptr = scratch(n * 4);
      if (values) heap.f32(ptr, n).set(values);
      else heap.f32(ptr, n).fill(0);
      return { shape, ptr, dtype };
    },
    read: (tensor) => heap.f32(tensor.ptr, elements(tensor.shape)).slice(),
    release() {
      for (const ptr of owned.splice(0)) heap.free(ptr);
    },
  };
}
