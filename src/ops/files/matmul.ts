/**
 * Y = A·B, matrix by matrix: a […,M,K], b […,K,P], y […,M,P]; the axes in front broadcast as NumPy's do. Either may be stored the
 * other way round. dA = dY·Bᵀ, dB = Aᵀ·dY, summed over what was broadcast.
 */
import { GradCamError } from "../../errors.ts";
import { broadcast, type Shape, showShape } from "../../shape.ts";
import { along, countOf } from "../../wasm/job.ts";
import type { Tensor } from "../../wasm/memory.ts";
import { broadcastSteps } from "../broadcast.ts";
import { inputShape } from "../check.ts";
import { UNCLAMPED } from "../fused-activation.ts";
import { eachOffset } from "../loops.ts";
import { defineOp, type OpContext, scratchOfThreads } from "../op.ts";
import { stepsOf } from "../steps.ts";

export interface MatmulAttrs {
  /** a is […,K,M]. */
  readonly transposeA: boolean;
  /** b is […,P,K]. */
  readonly transposeB: boolean;
}

export const matmul = defineOp<MatmulAttrs>({
  inputs: ["a", "b"],
  linear: true,
  reads: () => ({ a: ["b"], b: ["a"] }),
  shape(inputs, attrs, where) {
    const a = inputShape(inputs, 0, "a", where);
    const b = inputShape(inputs, 1, "b", where);
    const [[rows, inner], [innerOfB, columns]] = [sides(a, attrs.transposeA), sides(b, attrs.transposeB)];
    if (a.length < 2 || b.length < 2 || inner !== innerOfB) {
      const names = [attrs.transposeA ? "[…,K,M]" : "[…,M,K]", attrs.transposeB ? "[…,P,K]" : "[…,K,P]"];
      const got = `${showShape(a)} and ${showShape(b)}`;
      throw new GradCamError("E_SHAPE", { where, expected: `matrices ${names.join(" and ")}`, got });
    }
    return [...broadcast(a.slice(0, -2), b.slice(0, -2), where), rows, columns];
  },
  forward(ctx, [a, b], y, { transposeA, transposeB }) {
    const step = stepsOf(ctx);
    eachTriple(a!, b!, y, (left, right, product) => {
      multiply(step(), matrix(left, transposeA), matrix(right, transposeB), product, false);
    });
  },
  backward(ctx, { attrs: { transposeA, transposeB }, inputs: [a, b], dy, dInputs: [da, db] }) {
    const step = stepsOf(ctx);
    eachTriple(a!, b!, dy, (left, right, gradient, [atA, atB]) => {
      const d = matrix(gradient, false);
      if (da) addProduct(step(), d, turned(matrix(right, transposeB)), { ...left, ptr: da.ptr + atA }, transposeA);
      if (db) addProduct(step(), turned(matrix(left, transposeA)), d, { ...right, ptr: db.ptr + atB }, transposeB);
    });
  },
  macs: (inputs, y, { transposeA }) => y.reduce((n, size) => n * size, sides(inputs[0]!, transposeA)[1]),
});

/** Rows and columns of the last two axes, read as attributes say. */
function sides(shape: Shape, isTransposed: boolean): [rows: number, columns: number] {
  const [rows = 0, columns = 0] = shape.slice(-2);
  return isTransposed ? [columns, rows] : [rows, columns];
}

/** One matrix of a tensor, as it lies. */
interface Slab {
  readonly ptr: number;
  readonly sides: readonly [rows: number, columns: number];
}

/** A matrix as it is read: bytes from row to row and from column to column, of which one is 4. */
interface Matrix {
  readonly ptr: number;
  readonly rows: number;
  readonly columns: number;
  readonly row: number;
  readonly column: number;
}

const matrix = ({ ptr, sides: [rows, columns] }: Slab, isTransposed: boolean): Matrix => {
  const plain = { ptr, rows, columns, row: columns * 4, column: 4 };
  return isTransposed ? turned(plain) : plain;
};

const turned = ({ ptr, rows, columns, row, column }: Matrix): Matrix => ({
  ptr,
  rows: columns,
  columns: rows,
  row: column,
  column: row,
});

/** A matrix of a tensor, of which `before` lie in front of it. */
function slab({ ptr, shape }: Tensor, before: number): Slab {
  const own = sides(shape, false);
  return { ptr: ptr + before * own[0] * own[1] * 4, sides: own };
}

type VisitTriple = (a: Slab, b: Slab, y: Slab, offsets: readonly [a: number, b: number]) => void;

/** The matrices that belong together, with the bytes from the beginning of a and of b to theirs. */
function eachTriple(a: Tensor, b: Tensor, y: Tensor, visit: VisitTriple): void {
  const front = y.shape.slice(0, -2);
  const steps = [a, b, y].map(({ shape }) => broadcastSteps(shape.slice(0, -2), front.length));
  const axes = front.map((size, axis) => ({ size, steps: steps.map((step) => step[axis]!) }));
  eachOffset(axes, 3, (counts) => {
    const [left, right, product] = [slab(a, counts[0]!), slab(b, counts[1]!), slab(y, counts[2]!)];
    visit(left, right, product, [left.ptr - a.ptr, right.ptr - b.ptr]);
  });
}

/** c += A·B, where c lies the other way round if it says so: then cᵀ += Bᵀ·Aᵀ. */
function addProduct(ctx: OpContext, a: Matrix, b: Matrix, c: Slab, isTransposed: boolean): void {
  if (isTransposed) multiply(ctx, turned(b), turned(a), c, true);
  else multiply(ctx, a, b, c, true);
}

/** c = A·B, or c += A·B. */
function multiply(ctx: OpContext, a: Matrix, b: Matrix, c: Slab, adds: boolean): void {
  const [m, n, k] = [a.rows, b.columns, a.columns];
  const work = scratchOfThreads(ctx, ctx.kernels.gemmBytes(m, n, k));
  const target = along(c.ptr, n * 4);
  const operands = [along(a.ptr, a.row), a.row, a.column, b.ptr, b.row, b.column] as const;
  const args = [countOf(), n, k, ...operands, 0, adds ? target : 0, target, n * 4, ...UNCLAMPED, work] as const;
  ctx.team.run({ kernel: "gemm", args, units: m, cost: n * k, step: 4, piece: Math.ceil(m / ctx.team.threads) });
}
