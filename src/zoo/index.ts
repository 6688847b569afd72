/** Every architecture, by the name users type. Adding one = one file + one line here. */
import { GradCamError, nearest } from "../errors.ts";
import type { Architecture } from "./architecture.ts";
import { efficientnetLite0 } from "./efficientnet-lite.ts";
import { mobilenet } from "./mobilenet.ts";
import { mobilenetV2 } from "./mobilenet-v2.ts";
import { resnet50 } from "./resnet.ts";
import { vgg16, vgg19 } from "./vgg.ts";

export const architectures = {
  "efficientnet-lite0": efficientnetLite0,
  mobilenet,
  "mobilenet-v2": mobilenetV2,
  resnet50,
  vgg16,
  vgg19,
} as const satisfies Record<string, Architecture>;

export type ArchitectureName = keyof typeof architectures;

export const architectureNames = Object.keys(architectures) as ArchitectureName[];

/** Finds "VGG16", "MobileNet_V2", …: case, "-" and "_" do not matter. */
export function findArchitecture(name: string): ArchitectureName | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_]/g, "");
  return architectureNames.find((candidate) => plain(candidate) === plain(name));
}

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
