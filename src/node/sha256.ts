/** SHA-256 of a file piece by piece: a model of 500 MB need not fit into memory twice. */
import { createHash } from "node:crypto";
import type { RandomAccessSource } from "../load/source.ts";

const PIECE = 2 ** 22;

/** 64 hexadecimal digits. Throws E_IO when the file can no longer be read. */
export async function sha256InPieces(source: RandomAccessSource): Promise<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < source.size; at += PIECE) {
    hash.update(await source.read(at, Math.min(PIECE, source.size - at)));
  }
  return hash.digest("hex");
}
