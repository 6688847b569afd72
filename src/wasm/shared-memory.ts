/** The same build for a shared memory: the limits of the memory that it imports are written anew. */
import { GradCamError } from "../errors.ts";

/** wasm32: 65536 pages of 64 KiB. A module that imports a shared memory has to name its maximum. */
export const MAX_PAGES = 65536;

const HEADER_BYTES = 8;
const IMPORT_SECTION = 2;
/** "env" and "memory" with their lengths, then the kind: a memory. */
const MEMORY_IMPORT = [3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2];
const SHARED_WITH_MAXIMUM = 3;

/**
 * A module that imports nothing but env.memory, unshared and without a maximum, as one that imports it shared.
 * WebAssembly core specification 5.5.5 (import section) and 5.3.7 (limits).
 */
export function withSharedMemory(module: Uint8Array): Uint8Array<ArrayBuffer> {
  for (let at = HEADER_BYTES; at < module.length;) {
    const size = readUnsigned(module, at + 1);
    if (module[at] === IMPORT_SECTION) return replaceImports(module, at, size.end, size.end + size.value);
    at = size.end + size.value;
  }
  throw unexpected("no import section");
}

function replaceImports(module: Uint8Array, section: number, begin: number, end: number): Uint8Array<ArrayBuffer> {
  const imports = module.subarray(begin, end);
  const expected = [1, ...MEMORY_IMPORT, 0];
  if (!expected.every((byte, i) => imports[i] === byte)) throw unexpected(`imports ${imports.join(" ")}`);
  const initial = readUnsigned(imports, expected.length);
  if (initial.end !== imports.length) throw unexpected("more than one import");
  const limits = [SHARED_WITH_MAXIMUM, ...unsigned(initial.value), ...unsigned(MAX_PAGES)];
  const body = [1, ...MEMORY_IMPORT, ...limits];
  const head = [IMPORT_SECTION, ...unsigned(body.length), ...body];
  const result = new Uint8Array(section + head.length + module.length - end);
  result.set(module.subarray(0, section));
  result.set(head, section);
  result.set(module.subarray(end), section + head.length);
  return result;
}

/** LEB128. */
function readUnsigned(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return { value, end: at };
  }
}

function unsigned(value: number): number[] {
  const rest = Math.floor(value / 128);
  return rest === 0 ? [value] : [(value % 128) + 128, ...unsigned(rest)];
}

const unexpected = (got: string): GradCamError =>
  new GradCamError("E_INTERNAL", {
    where: "the core's imports",
    expected: "one memory, env.memory, without a maximum",
    got,
    hint: "the .wasm file is not of this version of gradcam-wasm",
  });
