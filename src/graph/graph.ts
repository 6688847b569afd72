/** A network as immutable data: values joined by nodes in topological order. Passes return new graphs. */
import type { AttrsOf, OpType } from "../ops/index.ts";
import type { Op } from "../ops/op.ts";
import type { Shape } from "../shape.ts";
import type { Parameter } from "./parameter.ts";

/** What nodes are made of, for those who build graphs without knowing operators. */
export type { AttrsOf, OpType };

/** Index into `Graph.values`. */
export type ValueId = number;

/** A tensor of a graph. */
export interface Value {
  readonly name: string;
  /** With the batch of the file (1 unless stated); activations NHWC. */
  readonly shape: Shape;
  /** Present for parameters. */
  readonly parameter?: Parameter;
  /** The file has it as [N,C,…], and so do those who ask the model for it by name. */
  readonly channelsFirst?: true;
}

/** One operator call; the union over all operators ties `op` to its `attrs`. */
export type Node = {
  [T in OpType]: {
    readonly op: T;
    readonly name: string;
    /** undefined where an optional input is left out. */
    readonly inputs: readonly (ValueId | undefined)[];
    readonly output: ValueId;
    readonly attrs: AttrsOf<T>;
    /** The operator itself, where it is none of the core's. */
    readonly rule?: Op;
  };
}[OpType];

/** A layer as its file names it; `output` is what the layer answers, its fused activation included. */
export interface Layer {
  readonly name: string;
  /** The layer's class in its own framework: Conv2D, MaxPooling2D, … */
  readonly kind: string;
  readonly output: ValueId;
  /** Answers with what another layer answers, as a dropout does: it is never chosen by default. */
  readonly repeats?: true;
}

/** A network as immutable data: values, and the nodes that make them. */
export interface Graph {
  readonly name: string;
  /** What kind of file it came from: "safetensors", "keras-h5", … */
  readonly format: string;
  readonly values: readonly Value[];
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly layers: readonly Layer[];
}
