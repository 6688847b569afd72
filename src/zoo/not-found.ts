/** What to say when a model is asked for that is not there. */
import { GradCamError, nearest } from "../errors.ts";
import { architectureNamed } from "./architecture-named.ts";
import { type ArchitectureName, architectureNames, findArchitecture } from "./architecture-names.ts";

/**
 * E_MODEL_NOT_FOUND. The name of an architecture is answered with where its official weights are and how to know them;
 * anything else with the nearest file, or else the nearest architecture.
 * @param location what was asked for; @param nearbyFile a file of a similar name, if there is one
 */
export async function notFound(location: string, nearbyFile?: string): Promise<GradCamError> {
  const architecture = findArchitecture(location);
  if (architecture) return howToGet(architecture);
  const file = location.slice(Math.max(location.lastIndexOf("/"), location.lastIndexOf("\\")) + 1);
  const named = findArchitecture(file.slice(0, Math.max(0, file.lastIndexOf("."))));
  const near = nearbyFile ?? nearest(location, architectureNames);
  const guess = named
    ? `did you mean the name "${named}"? gradcam models lists what can be downloaded`
    : near && `did you mean "${near}"?`;
  return new GradCamError("E_MODEL_NOT_FOUND", {
    where: location,
    expected: "a model file",
    got: "no such file",
    ...(guess && { hint: guess }),
  });
}

/** Where the official weights of an architecture are, their size and checksum, and what to do with them. */
export async function howToGet(name: ArchitectureName): Promise<GradCamError> {
  const { title, official } = await architectureNamed(name);
  const where = `model "${name}"`;
  if (!official)
    return new GradCamError("E_MODEL_NOT_FOUND", { where, hint: "loadModel() without arguments loads it" });
  const { url, bytes, md5, licence } = official;
  const identity = [bytes !== undefined && `${bytes.toLocaleString("en-US")} bytes`, md5 && `MD5 ${md5}`, licence]
    .filter(Boolean)
    .join(", ");
  return new GradCamError("E_MODEL_NOT_FOUND", {
    where,
    got: `the name of ${title}, whose weights do not come with this package`,
    hint: `gradcam pull ${name}, or loadModel("${name}", { download: true }), fetches ${url} (${identity}); or give the path of your file`,
  });
}
