/** Every class-activation method, by the name users type. Adding one = one file + one line here + a case in test/methods/cases.ts. */
import { ablationCam } from "./ablation-cam.ts";
import { cam } from "./cam.ts";
import { counterfactual } from "./counterfactual.ts";
import { eigenCam } from "./eigen-cam.ts";
import { eigenGradCam } from "./eigen-grad-cam.ts";
import { fem } from "./fem.ts";
import { finerCam } from "./finer-cam.ts";
import { gradCamElementwise } from "./grad-cam-elementwise.ts";
import { gradCamPlusPlus } from "./grad-cam-plus-plus.ts";
import { gradCam } from "./grad-cam.ts";
import { hiresCam } from "./hires-cam.ts";
import { isCam } from "./is-cam.ts";
import { kpcaCam } from "./kpca-cam.ts";
import { layerCam } from "./layer-cam.ts";
import { randomCam } from "./random-cam.ts";
import { refineCam } from "./refine-cam.ts";
import { scoreCam } from "./score-cam.ts";
import { shapleyCam } from "./shapley-cam.ts";
import { smoothGradCamPlusPlus } from "./smooth-grad-cam-plus-plus.ts";
import { ssCam } from "./ss-cam.ts";
import { xGradCam } from "./x-grad-cam.ts";

export const camMethods = {
  "grad-cam": gradCam,
  "grad-cam++": gradCamPlusPlus,
  hirescam: hiresCam,
  "grad-cam-elementwise": gradCamElementwise,
  "xgrad-cam": xGradCam,
  "layer-cam": layerCam,
  "eigen-cam": eigenCam,
  "eigen-grad-cam": eigenGradCam,
  "kpca-cam": kpcaCam,
  fem,
  "score-cam": scoreCam,
  "ss-cam": ssCam,
  "is-cam": isCam,
  "ablation-cam": ablationCam,
  "smooth-grad-cam++": smoothGradCamPlusPlus,
  "refine-cam": refineCam,
  "finer-cam": finerCam,
  "shapley-cam": shapleyCam,
  counterfactual,
  cam,
  "random-cam": randomCam,
} as const;
