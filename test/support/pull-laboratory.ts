/** A model of the tests' own, on a server of the tests' own, in a cache of the tests' own. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RemoteEntry } from "../../src/registry/index.ts";
import { findEntry } from "../../src/registry/index.ts";
import { pullEntry, type Watched } from "../../src/node/cache/pull.ts";
import { placesOf } from "../../src/node/cache/places.ts";
import { type FaultName, type FaultyServer, startFaultyServer } from "./faulty-server.ts";

/** Bytes that look like nothing in particular. */
export function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = 1; i < length; i++)
    bytes[i] = (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16;
  return bytes;
}

export const digestOf = (bytes: Uint8Array, algorithm = "md5"): string =>
  createHash(algorithm).update(bytes).digest("hex");

/** An empty folder, and how to be rid of it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "gradcam-cache-"));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

export class PullLaboratory {
  readonly contents = noise(200_000);
  readonly cache = join(mkdtempSync(join(tmpdir(), "gradcam-cache-")), "cache");
  readonly entry: RemoteEntry;
  #server: FaultyServer | undefined;

  /** @param facts of the registry entry; without them only its MD5 is known */
  constructor(facts: Partial<RemoteEntry> = {}) {
    const { bytes: _bytes, ...vgg16 } = findEntry("vgg16") as RemoteEntry;
    this.entry = { ...vgg16, url: "https://models.invalid/file.h5", md5: digestOf(this.contents), ...facts };
  }

  async start(): Promise<void> {
    this.#server = await startFaultyServer(this.contents);
  }

  async end(): Promise<void> {
    await this.#server?.close();
    rmSync(join(this.cache, ".."), { recursive: true });
  }

  get origin(): string {
    return this.#server!.origin;
  }

  get requests(): string[] {
    return this.#server!.requests;
  }

  get places() {
    return placesOf(this.cache, this.entry);
  }

  readonly pull = (fault: FaultName, options: Watched = {}, entry = this.entry): Promise<string> =>
    pullEntry(entry, {
      ...{ cache: this.cache, mirror: `${this.origin}/${fault}`, allowHttp: true },
      ...{ patience: 300, retries: 2, pause: 5, ...options },
    });

  /** What lies in the cache, without the folder. */
  names(): string[] {
    return readdirSync(this.cache).sort();
  }

  stored(): Uint8Array {
    return new Uint8Array(readFileSync(this.places.file));
  }
}
