/** What a file is, by its first bytes. Only the kinds that are decoded ever reach the decoders. */
import { GradCamError } from "../errors.ts";

export type DecodedKind = "JPEG" | "PNG" | "WebP" | "AVIF" | "GIF" | "BMP";

interface Signature<Kind extends string> {
  readonly kind: Kind;
  readonly matches: (bytes: Uint8Array) => boolean;
}

const DECODED: readonly Signature<DecodedKind>[] = [
  { kind: "JPEG", matches: startsWith("\xff\xd8\xff") },
  { kind: "PNG", matches: startsWith("\x89PNG\r\n\x1a\n") },
  { kind: "WebP", matches: (bytes) => startsWith("RIFF")(bytes) && startsWith("WEBP", 8)(bytes) },
  { kind: "AVIF", matches: (bytes) => brands(bytes).some((brand) => brand === "avif" || brand === "avis") },
  { kind: "GIF", matches: (bytes) => startsWith("GIF87a")(bytes) || startsWith("GIF89a")(bytes) },
  { kind: "BMP", matches: startsWith("BM") },
];

/** Known, but not decoded: named, so that the message helps. */
const REFUSED: readonly Signature<string>[] = [
  { kind: "a TIFF picture", matches: (bytes) => startsWith("II*\0")(bytes) || startsWith("MM\0*")(bytes) },
  {
    kind: "a HEIC picture",
    matches: (bytes) => brands(bytes).some((brand) => /^(hei[cxms]|hev[cx]|mif1|msf1)$/.test(brand)),
  },
  {
    kind: "a JPEG XL picture",
    matches: (bytes) => startsWith("\xff\x0a")(bytes) || startsWith("\0\0\0\x0cJXL ")(bytes),
  },
  {
    kind: "a JPEG 2000 picture",
    matches: (bytes) => startsWith("\0\0\0\x0cjP  ")(bytes) || startsWith("\xff\x4f\xff\x51")(bytes),
  },
  { kind: "a video", matches: (bytes) => brands(bytes).length > 0 || startsWith("\x1a\x45\xdf\xa3")(bytes) },
  { kind: "a PDF document", matches: startsWith("%PDF") },
  { kind: "a Photoshop document", matches: startsWith("8BPS") },
  { kind: "an icon file", matches: startsWith("\0\0\x01\0") },
  { kind: "an SVG drawing", matches: (bytes) => /<svg[\s>]/i.test(latin1(bytes, 0, 4096)) },
  { kind: "a web page", matches: (bytes) => /^\s*(<!doctype html|<html)/i.test(latin1(bytes, 0, 256)) },
  { kind: "text", matches: (bytes) => bytes.subarray(0, 512).every((byte) => byte > 8 && byte !== 127) },
];

const EXPECTED = "a JPEG, PNG, WebP, AVIF, GIF or BMP picture";

/** Throws E_IMAGE_CORRUPT for no bytes, E_LFS_POINTER, and E_IMAGE_FORMAT with what the file is instead. */
export function pictureKind(bytes: Uint8Array, where: string): DecodedKind {
  if (bytes.length === 0) {
    throw new GradCamError("E_IMAGE_CORRUPT", { where, expected: EXPECTED, got: "an empty file (0 bytes)" });
  }
  const decoded = DECODED.find(({ matches }) => matches(bytes));
  if (decoded) return decoded.kind;
  if (startsWith("version https://git-lfs")(bytes)) {
    throw new GradCamError("E_LFS_POINTER", {
      where,
      expected: EXPECTED,
      hint: "run `git lfs pull` to fetch the picture",
    });
  }
  const known = REFUSED.find(({ matches }) => matches(bytes))?.kind;
  throw new GradCamError("E_IMAGE_FORMAT", {
    where,
    expected: EXPECTED,
    got: known ?? `bytes of an unknown kind (${hex(bytes)})`,
    hint: known === "text" || known === "a web page" ? "is this the right file?" : "convert it to PNG or JPEG first",
  });
}

function startsWith(text: string, offset = 0): (bytes: Uint8Array) => boolean {
  return (bytes) => latin1(bytes, offset, text.length) === text;
}

/** Major and compatible brands of an ISO base media file, which begins with a box of type "ftyp". */
function brands(bytes: Uint8Array): string[] {
  if (!startsWith("ftyp", 4)(bytes)) return [];
  const end = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), bytes.length, 256);
  const names = [latin1(bytes, 8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) names.push(latin1(bytes, at, 4));
  return names;
}

const latin1 = (bytes: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(from, from + length));

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
