/** As much of TensorFlow.js as is used here: the same interface over the native and the WebAssembly backend. */

export interface Tensor {
  readonly shape: number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** Rows and columns. */
type Pair = readonly [number, number];
type Padding = "same" | "valid";

interface FusedConvolution {
  readonly x: Tensor;
  readonly filter: Tensor;
  readonly strides: Pair;
  readonly pad: Padding;
  readonly dilations: Pair;
  readonly bias?: Tensor;
  readonly activation?: "relu" | "relu6";
}

export interface Tf {
  readonly fused: {
    conv2d(options: FusedConvolution): Tensor;
    depthwiseConv2d(options: FusedConvolution): Tensor;
    matMul(options: { a: Tensor; b: Tensor; bias?: Tensor; activation?: "relu" | "relu6" }): Tensor;
  };
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  scalar(value: number): Tensor;
  oneHot(indices: number[] | Tensor, depth: number): Tensor;
  pad(x: Tensor, paddings: readonly Pair[], value?: number): Tensor;
  maxPool(x: Tensor, size: Pair, strides: Pair, pad: Padding): Tensor;
  mean(x: Tensor, axes?: readonly number[], keepDims?: boolean): Tensor;
  relu(x: Tensor): Tensor;
  relu6(x: Tensor): Tensor;
  clipByValue(x: Tensor, low: number, high: number): Tensor;
  softmax(x: Tensor): Tensor;
  logSoftmax(x: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  sub(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor): Tensor;
  neg(x: Tensor): Tensor;
  sum(x: Tensor, axes?: readonly number[]): Tensor;
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  tidy<T>(work: () => T): T;
  keep<T extends Tensor>(x: T): T;
  grad(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor;
  valueAndGrads(f: (...xs: Tensor[]) => Tensor): (xs: Tensor[]) => { value: Tensor; grads: Tensor[] };
}
