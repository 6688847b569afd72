/**
 * The linear memory of one engine and who owns which bytes of it.
 * Views returned here are for immediate use: any allocation may grow the memory and detach them.
 */
import { GradCamError } from "../errors.ts";
import { elements, type Shape } from "../shape.ts";
import { MAX_PAGES } from "./shared-memory.ts";

/** Of weights; everything else is f32. */
export type DType = "f32" | "f16" | "int8";

/** A typed range of linear memory, row-major; activations NHWC. */
export interface Tensor {
  readonly shape: Shape;
  /** Byte address. */
  readonly ptr: number;
  readonly dtype: DType;
  /** Of int8: the address of one f32 per output channel, as the layout has them. */
  readonly scales?: number;
}

const ALIGNMENT = 64;
const PAGE = 65536;

const BYTES: Readonly<Record<DType, number>> = { f32: 4, f16: 2, int8: 1 };

export const bytesOf = (shape: Shape, dtype: DType = "f32"): number => elements(shape) * BYTES[dtype];

interface Block {
  start: number;
  bytes: number;
}

/** First-fit heap over linear memory with coalescing; 64-byte aligned, never moves what it handed out. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  #free: Block[] = [];
  readonly #used = new Map<number, number>();
  #end: number;

  /** @param base first byte that may be handed out: everything below belongs to the module. */
  constructor(memory: WebAssembly.Memory, base: number) {
    this.memory = memory;
    this.#end = align(base);
  }

  /** Bytes handed out at the moment. */
  get used(): number {
    let sum = 0;
    for (const bytes of this.#used.values()) sum += bytes;
    return sum;
  }

  /** Reserves `bytes` (contents undefined). Throws E_OUT_OF_MEMORY. */
  alloc(bytes: number): number {
    const size = align(Math.max(bytes, 1));
    const index = this.#free.findIndex((block) => block.bytes >= size);
    if (index >= 0) return this.#carve(index, size);
    return this.#append(size);
  }

  /** Bytes handed out at `ptr`. */
  sizeOf(ptr: number): number {
    return this.#used.get(ptr) ?? 0;
  }

  free(ptr: number): void {
    const bytes = this.#used.get(ptr);
    if (bytes === undefined) throw new GradCamError("E_INTERNAL", { where: `free(${ptr})`, got: "not allocated" });
    this.#used.delete(ptr);
    this.#release({ start: ptr, bytes });
  }

  f32(ptr: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, ptr, length);
  }

  i32(ptr: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, ptr, length);
  }

  u16(ptr: number, length: number): Uint16Array {
    return new Uint16Array(this.memory.buffer, ptr, length);
  }

  u8(ptr: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, ptr, length);
  }

  #carve(index: number, size: number): number {
    const block = this.#free[index]!;
    const start = block.start;
    if (block.bytes === size) this.#free.splice(index, 1);
    else this.#free[index] = { start: start + size, bytes: block.bytes - size };
    this.#used.set(start, size);
    return start;
  }

  #append(size: number): number {
    const last = this.#free.at(-1);
    const start = last && last.start + last.bytes === this.#end ? last.start : this.#end;
    this.#grow(start + size);
    if (start !== this.#end) this.#free.pop();
    this.#end = start + size;
    this.#used.set(start, size);
    return start;
  }

  #grow(end: number): void {
    const have = this.memory.buffer.byteLength;
    if (end <= have) return;
    const pages = Math.ceil((end - have) / PAGE);
    try {
      if (end > MAX_PAGES * PAGE) throw new RangeError("beyond 4 GiB");
      this.memory.grow(pages);
    } catch (cause) {
      throw new GradCamError("E_OUT_OF_MEMORY", {
        where: "linear memory",
        expected: `room for ${Math.ceil(end / 2 ** 20)} MiB`,
        got: `${Math.floor(have / 2 ** 20)} MiB and no more`,
        hint: 'try weights: "f16" or "int8", or a smaller model',
        cause,
      });
    }
  }

  #release(block: Block): void {
    let at = this.#free.findIndex((other) => other.start > block.start);
    if (at < 0) at = this.#free.length;
    this.#free.splice(at, 0, block);
    this.#join(at);
    if (at > 0) this.#join(at - 1);
  }

  /** Merges free block `index` with its successor when they touch. */
  #join(index: number): void {
    const block = this.#free[index]!;
    const next = this.#free[index + 1];
    if (next?.start !== block.start + block.bytes) return;
    block.bytes += next.bytes;
    this.#free.splice(index + 1, 1);
  }
}

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
