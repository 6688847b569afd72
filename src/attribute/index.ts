/** Every input-space method, by the name users type. Adding one = one file + one line here + a case in test/methods/cases.ts. */
import { blurIntegratedGradients } from "./blur-integrated-gradients.ts";
import { deconvnet } from "./deconvnet.ts";
import { fullGrad } from "./full-grad.ts";
import { guidedBackprop } from "./guided-backprop.ts";
import { guidedGradCam } from "./guided-grad-cam.ts";
import { inputXGradient } from "./input-x-gradient.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { occlusion } from "./occlusion.ts";
import { rise } from "./rise.ts";
import { saliency } from "./saliency.ts";
import { smoothGrad } from "./smooth-grad.ts";

export const attributeMethods = {
  saliency,
  "input-x-gradient": inputXGradient,
  "smooth-grad": smoothGrad,
  "integrated-gradients": integratedGradients,
  "blur-ig": blurIntegratedGradients,
  "guided-backprop": guidedBackprop,
  deconvnet,
  "guided-grad-cam": guidedGradCam,
  "full-grad": fullGrad,
  occlusion,
  rise,
} as const;
