/**
 * A convolution and a depthwise one in turns: a wide value that only the next node reads is computed some lines at a time and read while it is
 * in a cache. It need not even be there as a whole: its lines then slide through the beginning of its storage.
 */
import type { ConvGeometry } from "../wasm/conv-geometry.ts";
import type { Heap } from "../wasm/memory.ts";
import type { LineWork } from "../ops/op.ts";
import { elements, type Shape } from "../shape.ts";
import type { Node, ValueId } from "./graph.ts";
import { opOf } from "./op-of.ts";

/** Values of at most this size stay in an L2 cache anyway. */
const LEAST_BYTES = 1024 * 1024;
/** Of the value between the two at a time: stays in an L2 cache of 512 KiB. Any size from 192 to 1024 KiB is as fast where it has 2 MiB. */
const BAND_BYTES = 384 * 1024;

export interface Band {
  readonly producer: Node;
  readonly consumer: Node;
  /** Nobody else will look at what lies between the two. */
  readonly slides: boolean;
}

/** By producer; its consumer is the next node. */
export function bandsOf(
  forward: readonly Node[],
  shapes: readonly Shape[],
  kept: ReadonlySet<ValueId>,
): Map<Node, Band> {
  const bands = new Map<Node, Band>();
  const readers = new Map<ValueId, number>();
  for (const id of forward.flatMap((node) => node.inputs)) {
    if (id !== undefined) readers.set(id, (readers.get(id) ?? 0) + 1);
  }
  for (let i = 0; i + 1 < forward.length; i++) {
    const [producer, consumer] = [forward[i]!, forward[i + 1]!];
    const between = producer.output;
    const reads = consumer.inputs[0] === between && !consumer.inputs.includes(between, 1);
    if (!reads || !fits(producer, consumer, shapes[between]!)) continue;
    bands.set(producer, { producer, consumer, slides: !kept.has(between) && readers.get(between) === 1 });
    i++;
  }
  return bands;
}

function fits(producer: Node, consumer: Node, shape: Shape): boolean {
  // Depthwise kernels are small: others would be read from memory again for every band.
  if (consumer.op !== "depthwiseConv2d") return false;
  return hasLines(producer) && hasLines(consumer) && shape[0] === 1 && elements(shape) * 4 > LEAST_BYTES;
}

function hasLines(node: Node): boolean {
  return opOf(node).hasLines?.(node.attrs) ?? false;
}

interface Work {
  readonly producer: LineWork;
  readonly consumer: LineWork;
  /** Addresses of the producer's input, of what lies between the two and of the result. */
  readonly x: number;
  readonly between: number;
  readonly y: number;
}

/** Both in bands, for one picture. */
export function runBands({ slides }: Band, heap: Heap, { producer, consumer, x, between, y }: Work): void {
  const g = consumer.geometry;
  const lineBytes = g.inW * g.inC * 4;
  const step = Math.max(1, Math.floor(BAND_BYTES / lineBytes / g.strideH));
  let origin = 0;
  let done = 0;
  for (let first = 0; first < g.outH; first += step) {
    const last = Math.min(first + step, g.outH);
    const [from, to] = linesBelow(g, first, last);
    const needed = Math.min(from, done);
    if (slides && needed > origin) {
      const start = (needed - origin) * lineBytes;
      heap.u8(between, (done - origin) * lineBytes).copyWithin(0, start);
      origin = needed;
    }
    const lineZero = between - origin * lineBytes;
    if (to > done) producer.run(x, lineZero, done, to);
    done = Math.max(done, to);
    consumer.run(lineZero, y, first, last);
  }
  // Lines that no output sees.
  if (!slides && done < g.inH) producer.run(x, between, done, g.inH);
}

/** The lines of x that lines first…last−1 of y see. */
function linesBelow(g: ConvGeometry, first: number, last: number): readonly [from: number, to: number] {
  const from = Math.max(0, first * g.strideH - g.padTop);
  const to = Math.min(g.inH, (last - 1) * g.strideH - g.padTop + (g.kH - 1) * g.dilationH + 1);
  return [from, to];
}
