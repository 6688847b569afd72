/** SHA-256 of a whole file by the platform's digest, which wants all of it at once. */
import type { RandomAccessSource } from "./source.ts";

/** 64 hexadecimal digits; undefined where the platform has no digest: pages that are not a secure context. */
export async function sha256(source: RandomAccessSource): Promise<string | undefined> {
  const { subtle } = crypto as Partial<Crypto>;
  if (!subtle) return undefined;
  const bytes = await source.read(0, source.size);
  return hex(new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
