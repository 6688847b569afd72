/** The embedded network's architecture is at hand; all others are loaded with the first file that may need them. */
import type { Architecture } from "./architecture.ts";
import type { ArchitectureName } from "./architecture-names.ts";
import { efficientnetLite0 } from "./efficientnet-lite.ts";

export async function architectureNamed(name: ArchitectureName): Promise<Architecture> {
  return name === "efficientnet-lite0" ? efficientnetLite0 : (await import("./index.ts")).architectures[name];
}
