/** Every class-activation method, by the name users type. Adding one = one file + one line here + a case in test/methods/cases/. */
import { gradCam } from "./grad-cam.ts";

export const camMethods = {
  "grad-cam": gradCam,
} as const;
