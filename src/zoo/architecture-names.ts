/** The names of all architectures, apart from the architectures, which are loaded only when a file needs them. */
import { GradCamError, nearest } from "../errors.ts";

/** In the order in which they are tried on a file: the embedded one first. */
export const architectureNames = [
  "efficientnet-lite0",
  "mobilenet",
  "mobilenet-v2",
  "mobilenet-v3-small",
  "mobilenet-v3-large",
  "resnet18",
  "resnet34",
  "resnet50",
  "resnet101",
  "resnet152",
  "resnet50-v2",
  "resnet101-v2",
  "resnet152-v2",
  "vgg16",
  "vgg19",
  "densenet121",
  "densenet169",
  "densenet201",
  "inception-v3",
  "xception",
  "efficientnet-b0",
  "efficientnet-b1",
  "efficientnet-b2",
  "efficientnet-b3",
  "efficientnet-b4",
  "efficientnet-b5",
  "efficientnet-b6",
  "efficientnet-b7",
  "efficientnet-v2-b0",
  "squeezenet1.0",
  "squeezenet1.1",
  "googlenet",
] as const;

export type ArchitectureName = (typeof architectureNames)[number];

/** timm's prefix for weights ported from TensorFlow, which keep its geometry, … */
const PORTED = /^tf_/i;

/** …and its suffix for networks of the full width. */
const FULL_WIDTH = /_100$/;

/** Finds "VGG16", "MobileNet_V2", "tf_efficientnet_b0", "mobilenetv3_small_100", …: case, "-", "_" and "." do not matter. */
export function findArchitecture(name: string): ArchitectureName | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_.]/g, "");
  const wanted = plain(name.replace(PORTED, "").replace(FULL_WIDTH, ""));
  return architectureNames.find((candidate) => plain(candidate) === wanted);
}

/** Whether the name says that the weights were ported from TensorFlow. */
export const isPorted = (name: string): boolean => PORTED.test(name);

/** As findArchitecture, but throws E_OPTION with the nearest name. */
export function requireArchitecture(name: string): ArchitectureName {
  const found = findArchitecture(name);
  if (found) return found;
  const near = nearest(name, architectureNames);
  throw new GradCamError("E_OPTION", {
    where: "architecture",
    expected: `one of ${architectureNames.join(", ")}`,
    got: JSON.stringify(name),
    ...(near && { hint: `did you mean "${near}"?` }),
  });
}
