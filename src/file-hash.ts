/** SHA-256 of the file that a model was loaded from: read when asked for, and only as long as the model is what the file says. */
export class FileHash {
  #compute: (() => Promise<string | undefined>) | undefined;
  #known: string | undefined;

  /** @param compute undefined where there is no file */
  constructor(compute: (() => Promise<string | undefined>) | undefined) {
    this.#compute = compute;
  }

  /** 64 hexadecimal digits, once they have been read. */
  get known(): string | undefined {
    return this.#known;
  }

  async read(): Promise<string | undefined> {
    const compute = this.#compute;
    this.#known ??= await compute?.();
    // Weights may have been changed meanwhile.
    if (this.#compute !== compute) this.#known = undefined;
    return this.#known;
  }

  /** The model is no longer what the file says. */
  forget(): void {
    this.#compute = undefined;
    this.#known = undefined;
  }
}
