/** Whether a file is HDF5. */
import type { Head } from "../head.ts";

const MAGIC = "\x89HDF\r\n\x1a\n";

/** The signature is at the beginning, or behind a user block of 512, 1024, 2048, … bytes. */
export const isHdf5 = (head: Head): boolean =>
  [0, 512, 1024, 2048].some((at) => head.latin1.slice(at, at + MAGIC.length) === MAGIC);
