/**
 * The contract every operator fulfils: its shape rule, its forward kernel and, beside it, its gradient.
 * Operators see tensors in linear memory; they never see graphs, files or pictures.
 */
import type { Shape } from "../shape.ts";
import { type Argument, ofThread } from "../wasm/job.ts";
import type { ConvGeometry } from "../wasm/conv-geometry.ts";
import type { Kernels } from "../wasm/kernels.ts";
import type { Heap, Tensor } from "../wasm/memory.ts";
import type { Team } from "../wasm/team.ts";
import type { Columns } from "./narrow-weights.ts";

export interface OpContext {
  readonly kernels: Kernels;
  readonly heap: Heap;
  /** Runs kernels in pieces on all threads: `ctx.team.run({ kernel, args, units, cost })`, see wasm/job.ts. */
  readonly team: Team;
  /** Working memory (contents undefined, 64-byte aligned) that is given back when forward/backward returns. */
  readonly scratch: (bytes: number) => number;
}

/** An address in scratch for every thread of the team, each with `bytes` of its own. */
export function scratchOfThreads({ team, scratch }: OpContext, bytes: number): Argument {
  const own = Math.ceil(bytes / 64) * 64;
  return ofThread(scratch(own * team.threads), own);
}

/** How a parameter lies in memory when it is not plain row-major f32. */
export interface ParameterLayout<Attrs> {
  /** Two nodes that share a parameter and a layout name share its bytes. */
  readonly name: string;
  /** Number of f32 elements, padding included. */
  elements(shape: Shape, attrs: Attrs): number;
  /** Rewrites plain row-major f32 `source` at `packed` (as f32; a narrower dtype is made from that). */
  pack(ctx: OpContext, source: Tensor, packed: number, attrs: Attrs): void;
}

/**
 * One call of `backward`. Of every input that was given, and of y, the shape is there;
 * the bytes only where `reads` promises them for a wanted gradient.
 */
export interface Gradients<Attrs> {
  readonly attrs: Attrs;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly y: Tensor | undefined;
  readonly dy: Tensor;
  /** Where each wanted input gradient is to be ADDED, plain row-major f32; undefined = not wanted. */
  readonly dInputs: readonly (Tensor | undefined)[];
  /** By input: its bytes are there, and where they are 0 its gradient may stay as it was: nobody looks at it. */
  readonly masked?: readonly boolean[];
}

/** One call of `forward` that may be made in bands of lines: y's, counted over all pictures. */
export interface LineWork {
  /** Which lines of x lie below them. */
  readonly geometry: ConvGeometry;
  /** @param x,y where the first picture begins, or would begin if all of its lines were there */
  run(x: number, y: number, firstLine: number, lastLine: number): void;
}

export interface Op<Attrs = unknown> {
  /** Input names in order: "x" required, "b?" optional, a single "...x" variadic. */
  readonly inputs: readonly string[];
  /** Packed layout by input name (without "?"); the executor hands such inputs over packed. */
  layouts?(attrs: Attrs): Readonly<Record<string, ParameterLayout<Attrs>>>;
  /** Inputs whose numbers may be held in f16 or int8, and how output channels lie in their layout. */
  narrow?(attrs: Attrs): Readonly<Record<string, (shape: Shape) => Columns>>;
  /**
   * By input name: which of the input names and "y" must still be readable when its gradient is computed.
   * An input that is not listed has no gradient (asking for one is E_UNSUPPORTED_OP).
   */
  reads(attrs: Attrs): Readonly<Record<string, readonly string[]>>;
  /** Output shape; throws E_SHAPE / E_ATTR_INVALID naming `where`. Every value a kernel will trust is checked here. */
  shape(inputs: readonly (Shape | undefined)[], attrs: Attrs, where: string): number[];
  /** Writes all of y. */
  forward(ctx: OpContext, inputs: readonly (Tensor | undefined)[], y: Tensor, attrs: Attrs): void;
  /** Forward, to be made band by band, where `hasLines` says so. */
  byLines?(ctx: OpContext, inputs: readonly (Tensor | undefined)[], y: Tensor, attrs: Attrs): LineWork;
  /** Whether lines of y can be computed by themselves. */
  hasLines?(attrs: Attrs): boolean;
  backward(ctx: OpContext, call: Gradients<Attrs>): void;
  /** y has the same elements as x in the same order: storage is shared and forward is never called. */
  readonly view?: true;
  /** Multiply-accumulates of one forward call. */
  macs?(inputs: readonly (Shape | undefined)[], y: Shape, attrs: Attrs): number;
  /** What one forward call takes, where `workOf` (work.ts) would guess wrong; undefined where it would not. */
  work?(inputs: readonly (Shape | undefined)[], y: Shape, attrs: Attrs): number | undefined;
  /** Linear in x with parameters fixed and no bias: the adjoint identity is tested. */
  readonly linear?: true;
}

/** Gives an operator literal its attribute type. */
export const defineOp = <Attrs>(op: Op<Attrs>): Op<Attrs> => op;

/** For operators without attributes. */
export type NoAttrs = Readonly<Record<string, never>>;
