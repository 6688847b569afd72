/** The corpus of a parser in one committed file: gzipped JSON, a list of inputs in base64, the shortest first. */
import { Buffer } from "node:buffer";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

/** Bytes of all inputs together: what a repository can carry for each parser. */
const MOST_BYTES = 400_000;

/** Writes the inputs of a folder, the shortest first, as far as there is room; the rest is found again. */
export function packCorpus(folder, path) {
  const inputs = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  inputs.sort((a, b) => a.length - b.length || a.compare(b));
  let bytes = 0;
  const kept = inputs.filter(({ length }) => (bytes += length) <= MOST_BYTES).map((input) => input.toString("base64"));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, gzipSync(JSON.stringify(kept), { level: 9 }));
  return kept.length;
}

/** Writes every input into a folder. */
export function unpackCorpus(path, folder) {
  const inputs = JSON.parse(gunzipSync(readFileSync(path)).toString("utf8"));
  inputs.forEach((input, i) => writeFileSync(join(folder, `corpus-${i}`), Buffer.from(input, "base64")));
}
