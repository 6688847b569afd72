/** The entry of the thread that reads HDF5 in Node. All it can reach is the descriptor or the bytes that it was sent. */
import { readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { ready } from "h5wasm";
import { type Hdf5Request, type OpenRequest, serveHdf5 } from "./load/hdf5/service.ts";
import { bytesSource, checkRange, type ReadySource } from "./load/source.ts";

function open({ name, size, handle }: OpenRequest): ReadySource {
  if (handle.kind === "bytes") return bytesSource(handle.bytes, name) as ReadySource;
  if (handle.kind === "blob") throw new Error("Node cannot read a Blob without waiting");
  return {
    name,
    size,
    readSync(offset, length) {
      checkRange(name, size, offset, length);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const count = readSync(handle.descriptor, bytes, done, length - done, handle.offset + offset + done);
        if (count === 0) checkRange(name, offset + done, offset, length);
        done += count;
      }
      return bytes;
    },
  };
}

const serve = serveHdf5(ready, open, (answer, transfer) => parentPort?.postMessage(answer, transfer));
parentPort?.on("message", (request: Hdf5Request) => void serve(request));
