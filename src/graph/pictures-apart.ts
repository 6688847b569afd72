/** Every value is made of the pictures of a batch, each by itself: an operator that mixes them would answer otherwise for each batch. */
import { GradCamError } from "../errors.ts";
import { sameShape, type Shape, showShape } from "../shape.ts";

/** Thrown for an operator that mixes the pictures of a batch, or does not make as many answers as there are pictures. */
export class PicturesMixed extends GradCamError {
  constructor(where: string, expected: string, got: string) {
    super("E_UNSUPPORTED_OP", {
      where,
      expected: `an operator that treats every picture of a batch by itself: ${expected}`,
      got,
    });
  }
}

/**
 * Of two batches there has to be twice of what there is of one.
 * @param inputs shapes, with undefined for those left out @param isBatched by input: whether it is made of pictures
 * @param rule of the operator, which answered `shape` for these inputs
 * Throws PicturesMixed.
 */
export function checkApart(
  inputs: readonly (Shape | undefined)[],
  isBatched: readonly boolean[],
  shape: Shape,
  rule: (inputs: readonly (Shape | undefined)[]) => Shape,
  where: string,
): void {
  const pictures = inputs[isBatched.indexOf(true)]![0]!;
  const [answers, ...rest] = shape;
  if (answers !== pictures) throw new PicturesMixed(where, `${pictures} answers`, showShape(shape));
  const wanted = [2 * pictures, ...rest];
  const two = shapeOrError(() => rule(inputs.map((input, i) => (isBatched[i] ? twice(input!) : input))));
  if (two instanceof GradCamError) throw new PicturesMixed(where, `${showShape(wanted)} of twice as many`, two.message);
  if (!sameShape(two, wanted)) throw new PicturesMixed(where, `${showShape(wanted)} of twice as many`, showShape(two));
}

const twice = ([pictures, ...rest]: Shape): number[] => [2 * pictures!, ...rest];

function shapeOrError(shape: () => Shape): Shape | GradCamError {
  try {
    return shape();
  } catch (error) {
    if (error instanceof GradCamError) return error;
    throw error;
  }
}
