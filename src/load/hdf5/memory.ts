/**
 * A limit on the memory of HDF5's WebAssembly instance, which was built to take 2 GiB where a forged file asks for it. It grows by a
 * call from its own JavaScript, and being refused is like there being no more: HDF5 says so and gives up what it was doing.
 */
const PAGE = 65_536;

/**
 * Holds for every memory of the thread, until that ends: for workers that have no other instances, once in each.
 * @returns asks, once for each refusal, how many bytes were wanted in vain. Emscripten wants more than it needs at first: what is
 * granted later makes up for what was refused.
 */
export function limitMemory(bytes: number): () => number | undefined {
  const memories = WebAssembly.Memory.prototype;
  const grow = Reflect.get<WebAssembly.Memory, "grow">(memories, "grow");
  let refused: number | undefined;
  memories.grow = function (pages) {
    const wanted = this.buffer.byteLength + pages * PAGE;
    if (wanted > bytes) {
      refused = wanted;
      throw new RangeError("beyond the limit hdf5Bytes");
    }
    refused = undefined;
    return grow.call(this, pages);
  };
  return () => {
    const wanted = refused;
    refused = undefined;
    return wanted;
  };
}
