/**
 * The ABI of the core: one line per export of assembly/index.ts.
 * Arguments are byte addresses (…Ptr-less names of tensors), element counts, or f32 scalars.
 * `test/wasm/abi.test.ts` compares names and arity with both builds.
 */
import { ACTIVATION_ARITY, type ActivationKernels } from "./activation-kernels.ts";

export interface Kernels extends ActivationKernels {
  /** y[i] += x[i], n elements. */
  accumulate(x: number, y: number, n: number): void;
  /** x[0]² + c with the rounding of this build. */
  multiplyAdd(x: number, c: number): number;
}

/** Arity of every kernel, for the ABI check at instantiation and in tests. */
export const KERNEL_ARITY: Readonly<Record<keyof Kernels, number>> = {
  ...ACTIVATION_ARITY,
  accumulate: 3,
  multiplyAdd: 2,
};
