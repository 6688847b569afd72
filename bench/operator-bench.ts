/** One operator call on tensors of its own, ready to be repeated: what the micro benchmarks time. */
import type { Node } from "../src/graph/graph.ts";
import { opOf } from "../src/graph/op-of.ts";
import type { OpType } from "../src/ops/index.ts";
import type { OpContext } from "../src/ops/op.ts";
import { elements, type Shape } from "../src/shape.ts";
import type { Engine } from "../src/wasm/instantiate.ts";
import type { Tensor } from "../src/wasm/memory.ts";

export interface OperatorCase {
  readonly name: string;
  readonly op: OpType;
  readonly x: Shape;
  readonly w: Shape;
  readonly attrs: object;
}

export interface OperatorBench {
  /** Multiply-accumulates of each of the three. */
  readonly macs: number;
  readonly work: Readonly<Record<"y" | "dX" | "dW", () => void>>;
  readonly release: () => void;
}

export function prepareOperator(
  engine: Engine,
  { name, op: type, x: xShape, w: wShape, attrs }: OperatorCase,
): OperatorBench {
  const op = opOf({ op: type } as Node);
  const shape = op.shape([xShape, wShape], attrs, name);
  const memory = new Memory(engine);
  const [x, plain, dy] = [memory.tensor(xShape), memory.tensor(wShape), memory.tensor(shape)];
  const [y, dx, dw] = [memory.tensor(shape), memory.tensor(xShape), memory.tensor(wShape)];
  const layout = op.layouts?.(attrs)["w"];
  const w = layout ? { ...plain, ptr: memory.take(layout.elements(wShape, attrs) * 4) } : plain;
  memory.call((ctx) => layout?.pack(ctx, plain, w.ptr, attrs));
  const backward = (dInputs: readonly (Tensor | undefined)[]): void =>
    memory.call((ctx) => op.backward(ctx, { attrs, inputs: [x, w], y, dy, dInputs }));
  return {
    macs: op.macs?.([xShape, wShape], shape, attrs) ?? 0,
    work: {
      y: () => memory.call((ctx) => op.forward(ctx, [x, w], y, attrs)),
      dX: () => backward([dx, undefined]),
      dW: () => backward([undefined, dw]),
    },
    release: () => memory.release(),
  };
}

/** Tensors that live until `release`, scratch that lives for one call. */
class Memory {
  readonly #engine: Engine;
  readonly #owned: number[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  take(bytes: number): number {
    const ptr = this.#engine.heap.alloc(bytes);
    this.#owned.push(ptr);
    return ptr;
  }

  /** Filled with values of no particular meaning: about as many negative as positive, none of them large. */
  tensor(shape: Shape): Tensor {
    const ptr = this.take(elements(shape) * 4);
    const values = this.#engine.heap.f32(ptr, elements(shape));
    for (let i = 0; i < values.length; i++) values[i] = ((i % 17) - 8) / 64;
    return { shape, ptr, dtype: "f32" };
  }

  call(work: (ctx: OpContext) => void): void {
    const { kernels, heap, team } = this.#engine;
    const scratch: number[] = [];
    work({
      kernels,
      heap,
      team,
      scratch(bytes) {
        const ptr = heap.alloc(bytes);
        scratch.push(ptr);
        return ptr;
      },
    });
    for (const ptr of scratch) heap.free(ptr);
  }

  release(): void {
    for (const ptr of this.#owned.splice(0)) this.#engine.heap.free(ptr);
  }
}
