/** A portable file on a disk: whole or not at all. */
import type { Conversion } from "../convert-model.ts";
import { replaceFile } from "./replace-file.ts";

/** What was written. */
export interface Converted extends Pick<Conversion, "name" | "format" | "weights" | "bytes"> {
  readonly path: string;
}

/** Throws E_EXISTS, E_IO, and what reading the model throws. */
export async function writeConversion(
  conversion: Conversion,
  path: string,
  overwrite: boolean,
  onBytes?: (done: number, total: number) => void,
): Promise<Converted> {
  const { name, format, weights, bytes, chunks } = conversion;
  async function* counted(): AsyncGenerator<Uint8Array> {
    let done = 0;
    for await (const chunk of chunks) {
      yield chunk;
      onBytes?.((done += chunk.length), bytes);
    }
  }
  try {
    await replaceFile(path, counted(), overwrite);
    return { path, name, format, weights, bytes };
  } finally {
    await conversion.close();
  }
}
