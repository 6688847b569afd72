/** HDF5's worker as the package starts it, but for one file after the other: starting it takes longer than reading many small files. */
import type { Hdf5Listener, StartHdf5 } from "../../src/load/hdf5/connection.ts";

type Hdf5Worker = ReturnType<StartHdf5>;

/** For one open file at a time. */
export class KeptWorker {
  readonly #start: StartHdf5;
  #worker: Hdf5Worker | undefined;
  #listener: Hdf5Listener | undefined;
  #files = 0;

  constructor(start: StartHdf5) {
    this.#start = start;
  }

  /** Files that were opened since the worker began. */
  get files(): number {
    return this.#files;
  }

  /** For `connect`. A file that is closed ends the worker only where that owes an answer, which the next file would get. */
  readonly connect: StartHdf5 = (listener) => {
    const worker = (this.#worker ??= this.#begin());
    this.#files++;
    let waiting = 0;
    this.#listener = {
      answer: (answer) => {
        waiting--;
        listener.answer(answer);
      },
      ended: (reason) => {
        listener.ended(reason);
      },
    };
    return {
      reads: worker.reads,
      post(request, transfer) {
        waiting++;
        worker.post(request, transfer);
      },
      terminate: () => {
        if (waiting > 0 && this.#worker === worker) this.end();
      },
    };
  };

  /** The next file gets a new worker. */
  end(): void {
    this.#worker?.terminate();
    this.#forget();
  }

  #begin(): Hdf5Worker {
    const worker = this.#start({
      answer: (answer) => this.#listener?.answer(answer),
      ended: (reason) => {
        // One that was ended here says so later, when another may be kept.
        if (this.#worker !== worker) return;
        const listener = this.#listener;
        this.#forget();
        listener?.ended(reason);
      },
    });
    return worker;
  }

  #forget(): void {
    this.#worker = undefined;
    this.#listener = undefined;
    this.#files = 0;
  }
}
