/** Operators of two operands in the ABI: all of one signature. */

const BINARIES = ["add", "sub", "mul", "div", "maximum", "minimum", "greaterEqual", "less"] as const;

export type BinaryName = (typeof BINARIES)[number];

/** y[r, c] = f(a[r·aRow + c·aCol], b[r·bRow + c·bCol]), steps in elements, aCol and bCol 0 or 1. */
type Binary = (
  a: number,
  b: number,
  y: number,
  rows: number,
  cols: number,
  aRow: number,
  aCol: number,
  bRow: number,
  bCol: number,
) => void;

export type BinaryKernels = Record<BinaryName, Binary>;

export const BINARY_ARITY = Object.fromEntries(BINARIES.map((name) => [name, 9])) as Readonly<
  Record<BinaryName, number>
>;
