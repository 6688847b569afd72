/** ONNX's operators in our words. Adding one = one line in the table of its kin. */
import type { Translate } from "../translate.ts";
import { ARRANGEMENTS } from "./arrangement.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { FUNCTIONS } from "./functions.ts";
import { LOGIC } from "./logic.ts";
import { NORMALIZATIONS } from "./normalization.ts";
import { POOLS } from "./pools.ts";
import { PRODUCTS } from "./products.ts";
import { REDUCTIONS } from "./reductions.ts";
import { RESIZERS } from "./resize.ts";
import { SHAPES } from "./shapes.ts";
import { STANDARDIZATIONS } from "./standardization.ts";

/** By ONNX's name. */
export const OPERATORS: ReadonlyMap<string, Translate> = new Map(
  Object.entries({
    ...ELEMENTWISE,
    ...FUNCTIONS,
    ...LOGIC,
    ...PRODUCTS,
    ...POOLS,
    ...NORMALIZATIONS,
    ...STANDARDIZATIONS,
    ...ARRANGEMENTS,
    ...REDUCTIONS,
    ...RESIZERS,
    ...SHAPES,
  }),
);
