/** Every case of every operator, one line per family. */
import type { OpCase } from "../op-case.ts";
import { activationCases } from "./activations.ts";
import { arithmeticCases } from "./arithmetic.ts";
import { convTransposeCases } from "./conv-transpose.ts";
import { elementwiseCases } from "./elementwise.ts";
import { layoutCases } from "./layout.ts";
import { matmulCases } from "./matmul.ts";
import { normalizeCases } from "./normalize.ts";
import { poolCases } from "./pool.ts";
import { productCases } from "./products.ts";
import { resizeCases } from "./resize.ts";
import { reductionCases } from "./reductions.ts";
import { tangentCases } from "./tangents.ts";

export const cases: readonly OpCase[] = [
  ...activationCases,
  ...arithmeticCases,
  ...convTransposeCases,
  ...elementwiseCases,
  ...layoutCases,
  ...matmulCases,
  ...normalizeCases,
  ...poolCases,
  ...productCases,
  ...resizeCases,
  ...reductionCases,
  ...tangentCases,
];
