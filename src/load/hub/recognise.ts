/** What the index of a safetensors model in several files looks like. */
import type { Head } from "../head.ts";

/** Keras's index of shards has a weight_map too, but its files are called otherwise. */
export const isSafetensorsIndex = (head: Head): boolean =>
  head.isJson && head.text.includes('"weight_map"') && head.text.includes(".safetensors");
