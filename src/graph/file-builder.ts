import { fileOps } from "../ops/files/index.ts";
import { type AttrsOf, ops, type OpTable, type OpType } from "../ops/index.ts";
import { GraphBuilder } from "./builder.ts";
import type { Shape } from "../shape.ts";
import type { ValueId } from "./graph.ts";
import type { NetworkLimits } from "./limits.ts";
import { checkApart } from "./pictures-apart.ts";

/** A builder that refuses what would mix the pictures of a batch: our own architectures do not, a file may say anything. */
class FileBuilder extends GraphBuilder {
  /** What is computed from the pictures: as many as they are. */
  readonly #batched = new Set<ValueId>();

  override input(name: string, shape: Shape): ValueId {
    const id = super.input(name, shape);
    this.#batched.add(id);
    return id;
  }

  /** As GraphBuilder's. Throws PicturesMixed. */
  override node<T extends OpType>(
    op: T,
    name: string,
    inputs: readonly (ValueId | undefined)[],
    attrs: AttrsOf<T>,
  ): ValueId {
    const output = super.node(op, name, inputs, attrs);
    const isBatched = inputs.map((id) => id !== undefined && this.#batched.has(id));
    if (!isBatched.includes(true)) return output;
    const where = `${op} "${name}"`;
    const shapes = inputs.map((id) => (id === undefined ? undefined : this.shape(id)));
    checkApart(shapes, isBatched, this.shape(output), (sizes) => ALL[op]!.shape(sizes, attrs, where), where);
    this.#batched.add(output);
    return output;
  }
}

const ALL: OpTable = { ...ops, ...fileOps };

/**
 * A builder for a network that its file describes, with all operators.
 * @param limits a few attributes of a file may ask for more memory than there is
 */
export const fileBuilder = (name: string, format: string, limits: NetworkLimits): GraphBuilder =>
  new FileBuilder(name, format, limits, fileOps);
