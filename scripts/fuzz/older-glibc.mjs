/**
 * Lets jazzer.js' prebuilt library load where glibc is older than 2.38, as on Debian 12. It was linked for three symbols that only
 * newer systems have: two spellings of strtol, whose old ones do the same here, and a mark that nobody calls. In our own copy
 * they get names that all systems have. ELF: System V ABI, "Symbol Table"; versions: Linux Standard Base 5.0, 10.7.
 */
import { readFileSync, writeFileSync } from "node:fs";

const NAMES = new Map([
  ["__isoc23_strtol", "strtol"],
  ["__isoc23_strtoul", "strtoul"],
  ["_ZSt21ios_base_library_initv", "_ZSt9terminatev"],
]);
const VERSIONS = new Set(["GLIBC_2.38", "GLIBCXX_3.4.32"]);

/** Types of sections. */
const DYNSYM = 11;
const VERNEED = 0x6ffffffe;
const VERSYM = 0x6fffffff;
/** No version of a symbol in particular; a version that may be missing. */
const GLOBAL = 1;
const WEAK = 2;
const SYMBOL_BYTES = 24;

/** Changes a 64-bit little-endian library in place; one that needs no change stays as it is. */
export function loadOnOlderGlibc(path) {
  const file = readFileSync(path);
  const sections = sectionsOf(file);
  const symbols = sections.find(({ type }) => type === DYNSYM);
  const strings = sections[symbols.link].offset;
  const text = (at) => file.toString("latin1", strings + at, file.indexOf(0, strings + at));
  const versions = sections.find(({ type }) => type === VERSYM).offset;
  for (let i = 0; i < symbols.size / SYMBOL_BYTES; i++) {
    const name = file.readUInt32LE(symbols.offset + i * SYMBOL_BYTES);
    const other = NAMES.get(text(name));
    if (other === undefined) continue;
    file.write(`${other}\0`, strings + name, "latin1");
    file.writeUInt16LE(GLOBAL, versions + 2 * i);
  }
  for (const { name, flags } of neededVersions(
    file,
    sections.find(({ type }) => type === VERNEED),
  )) {
    if (VERSIONS.has(text(name))) file.writeUInt16LE(WEAK, flags);
  }
  writeFileSync(path, file);
}

function sectionsOf(file) {
  const begin = Number(file.readBigUInt64LE(40));
  const [size, count] = [file.readUInt16LE(58), file.readUInt16LE(60)];
  return Array.from({ length: count }, (_, i) => {
    const at = begin + i * size;
    return {
      type: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 24)),
      size: Number(file.readBigUInt64LE(at + 32)),
      link: file.readUInt32LE(at + 40),
      info: file.readUInt32LE(at + 44),
    };
  });
}

/** For each version that a library is asked for: its name, and where its flags are. */
function* neededVersions(file, { offset, info }) {
  let library = offset;
  for (let i = 0; i < info; i++) {
    let version = library + file.readUInt32LE(library + 8);
    for (let k = file.readUInt16LE(library + 2); k > 0; k--) {
      yield { name: file.readUInt32LE(version + 8), flags: version + 4 };
      version += file.readUInt32LE(version + 12);
    }
    library += file.readUInt32LE(library + 12);
  }
}
