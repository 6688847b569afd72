/**
 * HDF5's global heap, where strings of variable length lie. Where size_t has 32 bits, as in WebAssembly, the library
 * adds up forged object sizes until they wrap around and then walks in place forever; so the walk is made here first.
 * Layout: HDF5 File Format Specification 3.0, III.E "Disk Format: Level 1E - Global Heap".
 */
import type { ReadySource } from "../source.ts";

const SIGNATURE = 0x4c4f4347; // "GCOL"
/** Signature, version, reserved, size of the collection; then index, reference count, reserved, size of each object. */
const HEADER = 16;

/** Whether bytes that were read at `position` begin a heap whose objects do not fit into it. */
export function isForgedHeap(bytes: Uint8Array, position: number, source: ReadySource): boolean {
  if (bytes.length < HEADER || view(bytes).getUint32(0, true) !== SIGNATURE) return false;
  const size = Number(view(bytes).getBigUint64(8, true));
  if (size > source.size - position) return true;
  const heap = view(source.readSync(position, size));
  for (let at = HEADER; at + HEADER <= size;) {
    const isFree = heap.getUint16(at, true) === 0;
    const length = Number(heap.getBigUint64(at + 8, true));
    // Free space is the rest of the collection and counts its own header; objects are padded to eight bytes.
    const need = isFree ? length : HEADER + Math.ceil(length / 8) * 8;
    if (need < HEADER || need > size - at) return true;
    at += need;
  }
  return false;
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
