/** y = f(a, b) element by element with NumPy broadcasting; gradients are summed over the axes that were broadcast. */
import { broadcast } from "../shape.ts";
import type { BinaryName } from "../wasm/binary-kernels.ts";
import type { Tensor } from "../wasm/memory.ts";
import { addReduced, applyBroadcast, scratchBroadcast } from "./broadcast.ts";
import { inputShape } from "./check.ts";
import { defineOp, type NoAttrs, type Op } from "./op.ts";

/** What a gradient may be written in. Only the tensors that it reads are there. */
interface Terms {
  a: Tensor;
  b: Tensor;
  y: Tensor;
  dy: Tensor;
  /** f of two terms, in scratch memory. */
  apply: (f: BinaryName, left: Tensor, right: Tensor) => Tensor;
}

interface Slope {
  reads: readonly ("a" | "b" | "y")[];
  /** −1 where the gradient enters with a minus; 1 when left out. */
  sign?: -1;
  /** dy times the derivative, before the sum over broadcast axes. */
  of: (terms: Terms) => Tensor;
}

interface Binary {
  kernel: BinaryName;
  a: Slope;
  b: Slope;
}

function binary({ kernel, a: slopeA, b: slopeB }: Binary): Op<NoAttrs> {
  const reads = { a: slopeA.reads, b: slopeB.reads };
  return defineOp<NoAttrs>({
    inputs: ["a", "b"],
    reads: () => reads,
    shape: (inputs, _attrs, where) =>
      broadcast(inputShape(inputs, 0, "a", where), inputShape(inputs, 1, "b", where), where),
    forward: (ctx, [a, b], y) => applyBroadcast(ctx, kernel, a!, b!, y),
    backward(ctx, { inputs: [a, b], y, dy, dInputs: [da, db] }) {
      const apply: Terms["apply"] = (f, left, right) => scratchBroadcast(ctx, f, left, right);
      const terms = { a, b, y, dy, apply } as Terms;
      if (da) addReduced(ctx, slopeA.of(terms), da, slopeA.sign ?? 1);
      if (db) addReduced(ctx, slopeB.of(terms), db, slopeB.sign ?? 1);
    },
  });
}

/** a + b */
export const add = binary({
  kernel: "add",
  a: { reads: [], of: ({ dy }) => dy },
  b: { reads: [], of: ({ dy }) => dy },
});

/** a − b */
export const sub = binary({
  kernel: "sub",
  a: { reads: [], of: ({ dy }) => dy },
  b: { reads: [], sign: -1, of: ({ dy }) => dy },
});

/** a·b; with b [N,1,1,C] the gate of squeeze-and-excitation. */
export const mul = binary({
  kernel: "mul",
  a: { reads: ["b"], of: ({ dy, b, apply }) => apply("mul", dy, b) },
  b: { reads: ["a"], of: ({ dy, a, apply }) => apply("mul", dy, a) },
});

/** a / b; db = −dy·y / b */
export const div = binary({
  kernel: "div",
  a: { reads: ["b"], of: ({ dy, b, apply }) => apply("div", dy, b) },
  b: { reads: ["b", "y"], sign: -1, of: ({ dy, b, y, apply }) => apply("div", apply("mul", dy, y), b) },
});

/** The larger of a and b; where they are equal the gradient goes to a. */
export const maximum = binary({
  kernel: "maximum",
  a: { reads: ["a", "b"], of: ({ dy, a, b, apply }) => apply("mul", dy, apply("greaterEqual", a, b)) },
  b: { reads: ["a", "b"], of: ({ dy, a, b, apply }) => apply("mul", dy, apply("less", a, b)) },
});

/** The smaller of a and b; where they are equal the gradient goes to a. */
export const minimum = binary({
  kernel: "minimum",
  a: { reads: ["a", "b"], of: ({ dy, a, b, apply }) => apply("mul", dy, apply("greaterEqual", b, a)) },
  b: { reads: ["a", "b"], of: ({ dy, a, b, apply }) => apply("mul", dy, apply("less", b, a)) },
});
