/** How much a network may ask for. Its own file says so little that a few bytes of it could mean days and all memory. */
export interface NetworkLimits {
  /** Bytes of one tensor in the file, and of one value of the network. */
  readonly tensorBytes: number;
  /** Operators that the network is made of here. */
  readonly operators: number;
  /** Bytes of all weights, as the core holds them. */
  readonly weightBytes: number;
  /** Bytes that one pass of one picture holds: its values, and its gradients where they are wanted. */
  readonly passBytes: number;
  /** What a pass of one picture computes, counted in multiply-adds of a large convolution. */
  readonly passMultiplyAdds: number;
}

/** For networks that the caller builds. */
export const NO_LIMITS: NetworkLimits = {
  tensorBytes: Infinity,
  operators: Infinity,
  weightBytes: Infinity,
  passBytes: Infinity,
  passMultiplyAdds: Infinity,
};
