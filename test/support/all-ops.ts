import { fileOps } from "../../src/ops/files/index.ts";
import { ops } from "../../src/ops/index.ts";
import { tangentOps } from "../../src/ops/tangent/index.ts";

/** Every operator: the core's, those that come with the first file that needs them, and those of tangents. */
export const allOps = { ...ops, ...fileOps, ...tangentOps };
