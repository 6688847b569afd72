/** What files of Keras look like that are neither HDF5 nor archives. */
import type { Head } from "../head.ts";

/** The index of weights in several files. */
export const isShardIndex = (head: Head): boolean =>
  head.isJson && head.text.includes('"weight_map"') && head.text.includes(".weights.h5");
