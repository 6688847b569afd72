/** Whether a file is TensorFlow.js' model.json, or a manifest of weights alone. */
import type { Head } from "../head.ts";

export const isModelJson = ({ isJson, text }: Head): boolean =>
  isJson &&
  (/"(modelTopology|weightsManifest)"\s*:|"format"\s*:\s*"(layers|graph)-model"/.test(text) ||
    /^\s*\[\s*\{\s*"(paths|weights)"\s*:/.test(text));
