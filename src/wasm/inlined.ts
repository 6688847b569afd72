/**
 * The builds of the core that are inlined in the package, deflated (RFC 1950) and in base64: two thirds of base64 alone, gzipped.
 * Platforms that can read the .wasm files do that: unpacking costs a cold process some milliseconds.
 */
import type { Build } from "./instantiate.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export async function inlinedBuild(build: Build): Promise<Bytes> {
  return unpack(
    build === "relaxed"
      ? (await import("./generated/relaxed.ts")).relaxedPacked
      : (await import("./generated/simd.ts")).simdPacked,
  );
}

export async function unpack(text: string): Promise<Bytes> {
  const stream = new Blob([decodeBase64(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Three times as fast in a cold process as Uint8Array.from with a function. */
function decodeBase64(text: string): Bytes {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
