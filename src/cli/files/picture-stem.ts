/** What output files are named after. */
import { createHash } from "node:crypto";
import { basename, extname } from "node:path";
import { isUrl, STDIN } from "./picture-files.ts";

/** On Windows devices of old, with any extension: https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const RESERVED = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(?=\.|$)/i;

/** "examples/cat.jpg" → "cat", "https://example.org/a/cat.jpg?size=2" → "cat", "con.jpg" → "con_". */
export function stemOf(picture: string): string {
  if (picture === STDIN) return "stdin";
  if (/^data:/i.test(picture)) return `data-${createHash("sha256").update(picture).digest("hex").slice(0, 8)}`;
  const stem = isUrl(picture) ? stemOfUrl(picture) : basename(picture, extname(picture));
  return stem.replace(RESERVED, "$1_");
}

/** The last part of the path, in letters that every file system takes; else the host. */
function stemOfUrl(url: string): string {
  if (!URL.canParse(url)) return "picture";
  const { pathname, hostname } = new URL(url);
  const name = basename(pathname, extname(pathname)).replace(/%20/g, "-");
  return name.replace(/[^\w.-]+/g, "-") || hostname || "picture";
}
