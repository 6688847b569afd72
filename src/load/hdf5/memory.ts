/**
 * A limit on the memory of HDF5's WebAssembly instance, which was built to take 2 GiB where a forged file asks for it. It grows by a
 * call from its own JavaScript, and being refused is like there being no more: HDF5 says so and gives up what it was doing.
 */
const PAGE = 65_536;

/** Holds for every memory of the thread, until that ends: for workers that have no other instances. */
export function limitMemory(bytes: number): void {
  const memories = WebAssembly.Memory.prototype;
  const grow = Reflect.get<WebAssembly.Memory, "grow">(memories, "grow");
  memories.grow = function (pages) {
    if (this.buffer.byteLength + pages * PAGE > bytes) throw new RangeError("beyond the limit hdf5Bytes");
    return grow.call(this, pages);
  };
}
