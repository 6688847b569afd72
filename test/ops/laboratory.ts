/**
 * Runs one operator on one engine under hostile conditions: outputs and scratch start as NaN, every tensor
 * is fenced by bytes that must not change, and what reads() did not promise is NaN in backward.
 */
import { expect } from "vitest";
import type { Op } from "../../src/ops/op.ts";
import type { Engine } from "../../src/wasm/instantiate.ts";
import type { Tensor } from "../../src/wasm/memory.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { type NDArray, ndarray } from "../reference/ndarray.ts";
import { bench, type Bench } from "../support/engine.ts";
import { seeded } from "../support/random.ts";
import type { Sample } from "./op-case.ts";

const FENCE_BYTES = 64;
const FENCE = 0xa5;
/** All bits set is a NaN in f32. */
const NAN_BYTE = 0xff;

export interface BackwardCall {
  y: NDArray;
  dy: NDArray;
  /** By input position: is its gradient wanted? */
  wanted: readonly boolean[];
  /** What the gradients start from; zeros when left out. */
  initial?: readonly (NDArray | undefined)[];
}

/** "b?" → "b", "...x" → "x" for each of `count` inputs. */
export function inputNames(op: Op, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const name = op.inputs[i] ?? op.inputs.at(-1)!;
    return name.replace("...", "").replace("?", "");
  });
}

export const outputShape = (op: Op, { inputs, attrs }: Sample<unknown>): number[] =>
  op.shape(
    inputs.map((input) => input?.shape),
    attrs,
    "test",
  );

export function runForward(engine: Engine, op: Op, sample: Sample<unknown>): NDArray {
  const table = fencedBench(engine);
  try {
    const inputs = placeInputs(table, op, sample);
    const y = table.blank(outputShape(op, sample));
    if (op.view) engine.heap.f32(y.ptr, elements(y.shape)).set(table.read(inputs[0]!));
    else op.forward(table, inputs, y, sample.attrs);
    table.checkFences();
    expectUntouched(table, sample, inputs, op);
    return ndarray(y.shape, Float64Array.from(table.read(y)));
  } finally {
    table.release();
  }
}

/** Gradients by input position, undefined where none was wanted. */
export function runBackward(
  engine: Engine,
  op: Op,
  sample: Sample<unknown>,
  { y, dy, wanted, initial = [] }: BackwardCall,
): (NDArray | undefined)[] {
  const table = fencedBench(engine);
  try {
    const names = inputNames(op, sample.inputs.length);
    const reads = op.reads(sample.attrs);
    const alive = new Set(names.filter((_, i) => wanted[i]).flatMap((name) => reads[name] ?? []));
    const inputs = placeInputs(table, op, sample).map(
      (input, i) => input && (alive.has(names[i]!) ? input : table.blank(input.shape)),
    );
    const dInputs = sample.inputs.map((input, i) =>
      input && wanted[i] ? table.fenced(input.shape, initial[i]?.data) : undefined,
    );
    op.backward(table, {
      attrs: sample.attrs,
      inputs,
      y: alive.has("y") ? table.fenced(y.shape, y.data) : table.blank(y.shape),
      dy: table.fenced(dy.shape, dy.data),
      dInputs,
    });
    table.checkFences();
    return dInputs.map((d) => d && ndarray(d.shape, Float64Array.from(table.read(d))));
  } finally {
    table.release();
  }
}

interface FencedBench extends Bench {
  /** A tensor between two fences. */
  fenced(shape: Shape, values?: ArrayLike<number>): Tensor;
  /** A fenced tensor full of NaN. */
  blank(shape: Shape): Tensor;
  checkFences(): void;
}

function fencedBench(engine: Engine): FencedBench {
  const inner = bench(engine);
  const fences: number[] = [];
  const reserve = (bytes: number, fill: number): number => {
    const start = inner.scratch(bytes + 2 * FENCE_BYTES);
    inner.heap.u8(start, FENCE_BYTES).fill(FENCE);
    inner.heap.u8(start + FENCE_BYTES, bytes).fill(fill);
    inner.heap.u8(start + FENCE_BYTES + bytes, FENCE_BYTES).fill(FENCE);
    fences.push(start, start + FENCE_BYTES + bytes);
    return start + FENCE_BYTES;
  };
  const blank = (shape: Shape): Tensor => ({ shape, ptr: reserve(elements(shape) * 4, NAN_BYTE), dtype: "f32" });
  return {
    ...inner,
    scratch: (bytes) => reserve(bytes, NAN_BYTE),
    blank,
    fenced(shape, values) {
      const tensor = blank(shape);
      const view = inner.heap.f32(tensor.ptr, elements(shape));
      if (values) view.set(values);
      else view.fill(0);
      return tensor;
    },
    checkFences() {
      for (const fence of fences) {
        const intact = inner.heap.u8(fence, FENCE_BYTES).every((byte) => byte === FENCE);
        expect(intact, "a kernel wrote outside of its tensors").toBe(true);
      }
    },
  };
}

/** Copies the inputs into linear memory, packed where the operator asks for it. */
function placeInputs(table: FencedBench, op: Op, { inputs, attrs }: Sample<unknown>): (Tensor | undefined)[] {
  const names = inputNames(op, inputs.length);
  return inputs.map((input, i) => {
    if (!input) return undefined;
    const plain = table.fenced(input.shape, input.data);
    const layout = op.layouts?.(attrs)[names[i]!];
    if (!layout) return plain;
    const packed = table.blank([layout.elements(input.shape, attrs)]);
    layout.pack(table, plain, packed.ptr, attrs);
    return { ...plain, ptr: packed.ptr };
  });
}

function expectUntouched(
  table: Bench,
  { inputs, attrs }: Sample<unknown>,
  placed: readonly (Tensor | undefined)[],
  op: Op,
): void {
  const names = inputNames(op, inputs.length);
  placed.forEach((tensor, i) => {
    if (!tensor || op.layouts?.(attrs)[names[i]!]) return;
    const before = inputs[i]!.data;
    const intact = table.read(tensor).every((value, k) => Object.is(value, Math.fround(before[k]!)));
    expect(intact, `forward changed input ${names[i]!}`).toBe(true);
  });
}

/** y and all gradients that the operator has, from a dy that `trial` stands for. */
export function runEverything(engine: Engine, op: Op, sample: Sample<unknown>, trial: number): (NDArray | undefined)[] {
  const y = runForward(engine, op, sample);
  const dy = ndarray(y.shape, seeded(trial).array(outputShape(op, sample)).data);
  const names = inputNames(op, sample.inputs.length);
  const reads = op.reads(sample.attrs);
  const wanted = names.map((name) => name in reads);
  return [y, ...runBackward(engine, op, sample, { y, dy, wanted })];
}
