/** Every input-space method, by the name users type. Adding one = one file + one line here + a case in test/methods/cases/. */
import { saliency } from "./saliency.ts";

export const attributeMethods = {
  saliency,
} as const;
