/** What Keras's files look like that are not HDF5, and what an architecture looks like that a user gives. */
import type { Head } from "../head.ts";

/** A `.keras` archive. */
export const isKerasArchive = (head: Head): boolean =>
  head.isZip &&
  (/metadata\.json|config\.json|model\.weights\.(h5|npz)/.test(head.latin1) || /\.keras$/i.test(head.name));

/** The index of weights in several files. */
export const isShardIndex = (head: Head): boolean =>
  head.isJson && head.text.includes('"weight_map"') && head.text.includes(".weights.h5");
