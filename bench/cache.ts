/** Large files that are made, not stored: kept in the temporary folder under a key of their content. */
import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byteLength, bytesOf, type Message } from "./onnx/protobuf.ts";

const FOLDER = join(tmpdir(), "gradcam-wasm-bench");

/**
 * The path of a file with this content, written if it is not there yet.
 * @param name what it is called, with its extension
 * @param weights identifies the bytes that are made while writing: the same weights, the same text
 */
export async function cachedFile(name: string, weights: string, content: Message): Promise<string> {
  const path = join(FOLDER, `${keyOf(weights, content)}-${name}`);
  if (existsSync(path)) return path;
  console.error(`writing ${path} (${Math.round(byteLength(content) / 1e6)} MB)`);
  await mkdir(FOLDER, { recursive: true });
  const partial = `${path}.${process.pid}`;
  const file = await open(partial, "w");
  try {
    for await (const bytes of bytesOf(content)) await file.write(bytes);
  } finally {
    await file.close();
  }
  await rename(partial, path);
  return path;
}

export function cleanCache(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  console.error(`removed ${FOLDER}`);
}

function keyOf(weights: string, content: Message): string {
  const hash = createHash("sha256").update(weights);
  for (const piece of content) hash.update(piece instanceof Uint8Array ? piece : String(piece.byteLength));
  return hash.digest("hex").slice(0, 16);
}
