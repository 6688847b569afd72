/** Every architecture, by the name users type. Adding one = one file + one line here and in architecture-names.ts. */
import type { Architecture } from "./architecture.ts";
import type { ArchitectureName } from "./architecture-names.ts";
import { densenet121, densenet169, densenet201 } from "./densenet.ts";
import { efficientnets } from "./efficientnet.ts";
import { efficientnetLite0 } from "./efficientnet-lite.ts";
import { efficientnetV2B0 } from "./efficientnet-v2.ts";
import { googlenet } from "./googlenet.ts";
import { inceptionV3 } from "./inception-v3.ts";
import { mobilenet } from "./mobilenet.ts";
import { mobilenetV2 } from "./mobilenet-v2.ts";
import { mobilenetV3Large, mobilenetV3Small } from "./mobilenet-v3.ts";
import { resnet101, resnet152, resnet50 } from "./resnet.ts";
import { resnet18, resnet34 } from "./resnet-basic.ts";
import { resnet101V2, resnet152V2, resnet50V2 } from "./resnet-v2.ts";
import { squeezenet10, squeezenet11 } from "./squeezenet.ts";
import { vgg16, vgg19 } from "./vgg.ts";
import { xception } from "./xception.ts";

export const architectures = {
  "efficientnet-lite0": efficientnetLite0,
  mobilenet,
  "mobilenet-v2": mobilenetV2,
  "mobilenet-v3-small": mobilenetV3Small,
  "mobilenet-v3-large": mobilenetV3Large,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  "resnet50-v2": resnet50V2,
  "resnet101-v2": resnet101V2,
  "resnet152-v2": resnet152V2,
  vgg16,
  vgg19,
  densenet121,
  densenet169,
  densenet201,
  "inception-v3": inceptionV3,
  xception,
  ...efficientnets,
  "efficientnet-v2-b0": efficientnetV2B0,
  "squeezenet1.0": squeezenet10,
  "squeezenet1.1": squeezenet11,
  googlenet,
} as const satisfies Record<ArchitectureName, Architecture>;
