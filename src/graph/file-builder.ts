import { fileOps } from "../ops/files/index.ts";
import { GraphBuilder } from "./builder.ts";

/**
 * A builder for a network that its file describes, with all operators.
 * @param largest bytes of one value: a few attributes of a file may ask for more memory than there is
 */
export const fileBuilder = (name: string, format: string, largest: number): GraphBuilder =>
  new GraphBuilder(name, format, largest, fileOps);
