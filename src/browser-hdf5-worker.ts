/** The entry of the worker that reads HDF5 in a page. Files are read range by range, as only workers can without waiting. */
import { ready } from "h5wasm";
import { type Hdf5Request, type OpenRequest, serveHdf5 } from "./load/hdf5/service.ts";
import { bytesSource, checkRange, type ReadySource } from "./load/source.ts";

/** What workers have and the types of pages do not. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };
interface WorkerScope {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Hdf5Request>) => void): void;
}

function open({ name, size, handle }: OpenRequest): ReadySource {
  if (handle.kind === "file") throw new Error("pages have no descriptors");
  if (handle.kind === "bytes") return bytesSource(handle.bytes, name) as ReadySource;
  const reader = new FileReaderSync();
  return {
    name,
    size,
    readSync(offset, length) {
      checkRange(name, size, offset, length);
      return new Uint8Array(reader.readAsArrayBuffer(handle.blob.slice(offset, offset + length)));
    },
  };
}

const scope = globalThis as unknown as WorkerScope;
const serve = serveHdf5(ready, open, (answer, transfer) => {
  scope.postMessage(answer, transfer);
});
scope.addEventListener("message", ({ data }) => void serve(data));
