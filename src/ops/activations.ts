/** y = f(x), element by element. Every activation is a pair of kernels of one signature (assembly/activation/); others: files/activations.ts. */
import type { ActivationName } from "../wasm/activation-kernels.ts";
import { elements } from "../shape.ts";
import { along, countOf, LINE } from "../wasm/job.ts";
import { checkAttr, inputShape } from "./check.ts";
import { type BackwardRule, positivePart } from "./backward-rule.ts";
import { defineOp, type NoAttrs, type Op } from "./op.ts";

/** How an activation is computed. */
export interface Activation<Attrs> {
  kernel: ActivationName | ((attrs: Attrs) => ActivationName);
  /** What the gradient kernel is a function of. y is preferred: x can then be given back at once. */
  gradientFrom: "x" | "y";
  /** The kernel's alpha and beta; zeros when left out. */
  scalars?: (attrs: Attrs) => readonly [alpha: number, beta: number];
  check?: (attrs: Attrs, where: string) => void;
  /** Another rule for the gradient than the derivative. */
  rule?: (attrs: Attrs) => BackwardRule | undefined;
}

/** The operator of an activation. */
export function activation<Attrs = NoAttrs>(f: Activation<Attrs>): Op<Attrs> {
  const { kernel } = f;
  const nameOf = typeof kernel === "function" ? kernel : () => kernel;
  const scalars = f.scalars ?? (() => [0, 0] as const);
  const reads = { x: [f.gradientFrom] };
  return defineOp<Attrs>({
    inputs: ["x"],
    reads: () => reads,
    shape(inputs, attrs, where) {
      f.check?.(attrs, where);
      return [...inputShape(inputs, 0, "x", where)];
    },
    forward({ team }, [x], y, attrs) {
      const args = [along(x!.ptr, 4), along(y.ptr, 4), countOf(), ...scalars(attrs)] as const;
      team.run({ kernel: nameOf(attrs), args, units: elements(y.shape), cost: 1, step: LINE });
    },
    backward(ctx, { attrs, inputs: [x], y, dy, dInputs: [dx] }) {
      if (!dx) return;
      const rule = f.rule?.(attrs);
      const from = rule ? positivePart(ctx, dy) : dy.ptr;
      if (rule === "deconvnet") {
        ctx.kernels.accumulate(from, dx.ptr, elements(dy.shape));
        return;
      }
      const v = f.gradientFrom === "x" ? x! : y!;
      const operands = [along(v.ptr, 4), along(from, 4), along(dx.ptr, 4), countOf()] as const;
      const args = [...operands, ...scalars(attrs)] as const;
      ctx.team.run({ kernel: `${nameOf(attrs)}Gradient`, args, units: elements(dy.shape), cost: 1, step: LINE });
    },
  });
}

const checkFinite = (value: number, name: string, where: string): void =>
  checkAttr(Number.isFinite(value), where, name, "a finite number", value);

export interface ReluAttrs {
  readonly rule?: BackwardRule;
}

/** max(x, 0); its gradient at 0 is 0. */
export const relu = activation<ReluAttrs>({ kernel: "relu", gradientFrom: "y", rule: ({ rule }) => rule });

export interface ClippedReluAttrs extends ReluAttrs {
  readonly max: number;
}

/** min(max(x, 0), max), ReLU6 when max is 6; its gradient is 0 at 0 and at max. */
export const clippedRelu = activation<ClippedReluAttrs>({
  kernel: "clippedRelu",
  gradientFrom: "y",
  scalars: ({ max }) => [max, 0],
  check: ({ max }, where) => checkAttr(max > 0, where, "max", "> 0", max),
  rule: ({ rule }) => rule,
});

/** 1 / (1 + e⁻ˣ) */
export const sigmoid = activation({ kernel: "sigmoid", gradientFrom: "y" });

export interface HardSigmoidAttrs {
  readonly alpha: number;
  readonly beta: number;
}

/** clip(alpha·x + beta, 0, 1): (0.2, 0.5) in Keras 2 and ONNX, (1/6, 0.5) in Keras 3. */
export const hardSigmoid = activation<HardSigmoidAttrs>({
  kernel: "hardSigmoid",
  gradientFrom: "y",
  scalars: ({ alpha, beta }) => [alpha, beta],
  check({ alpha, beta }, where) {
    checkFinite(alpha, "alpha", where);
    checkFinite(beta, "beta", where);
  },
});

/** x·σ(x), also called silu. Ramachandran, Zoph & Le, arXiv 1710.05941. */
export const swish = activation({ kernel: "swish", gradientFrom: "x" });

/** x·clip(x + 3, 0, 6)/6. Howard et al., arXiv 1905.02244. */
export const hardSwish = activation({ kernel: "hardSwish", gradientFrom: "x" });
