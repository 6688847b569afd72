/** Every class-activation method, by the name users type. Adding one = one file + one line here. */
import { gradCam } from "./grad-cam.ts";

export const camMethods = {
  "grad-cam": gradCam,
} as const;

export type MethodName = keyof typeof camMethods;

export const METHODS = Object.keys(camMethods) as readonly MethodName[];
