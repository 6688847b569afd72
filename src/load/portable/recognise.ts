/**
 * Our own portable file: safetensors whose `__metadata__` describes the network that the tensors belong to, how pictures become
 * inputs and what the classes are called. `gradcam convert` writes it; docs/models.md has the format.
 */

/** Keys of `__metadata__`. Values are JSON. */
export const KEYS = {
  version: "gradcam.version",
  graph: "gradcam.graph",
  preprocess: "gradcam.preprocess",
  labels: "gradcam.labels",
} as const;

export const VERSION = "1";

export const isPortable = (metadata: Readonly<Record<string, string>>): boolean => Object.hasOwn(metadata, KEYS.graph);
