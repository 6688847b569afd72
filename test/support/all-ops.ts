import { fileOps } from "../../src/ops/files/index.ts";
import { ops } from "../../src/ops/index.ts";

/** Every operator: the core's, and those that come with the first file that needs them. */
export const allOps = { ...ops, ...fileOps };
