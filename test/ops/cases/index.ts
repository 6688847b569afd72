/** Every case of every operator, one line per family. */
import type { OpCase } from "../op-case.ts";
import { activationCases } from "./activations.ts";
import { productCases } from "./products.ts";

export const cases: readonly OpCase[] = [
  ...activationCases,
  ...productCases,
];
