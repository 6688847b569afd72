import type { NetworkLimits } from "../graph/limits.ts";

/** How much a file may ask for before anything is allocated for it. All can be overridden; all are named in the error. */
export interface Limits extends NetworkLimits {
  /** Bytes of a safetensors header or of any other JSON text. */
  readonly headerBytes: number;
  /** Nesting of JSON objects and arrays. */
  readonly jsonDepth: number;
  /** Dimensions of one tensor. */
  readonly rank: number;
  /** Size of one dimension. */
  readonly dimension: number;
  /** Tensors, or layers, in one file. */
  readonly tensors: number;
  /** How long HDF5's worker may take to answer, in milliseconds. */
  readonly hdf5Milliseconds: number;
  /** Bytes of memory that HDF5's library may take in its worker. */
  readonly hdf5Bytes: number;
  /** Members of a zip archive. */
  readonly zipEntries: number;
  /** Bytes of compressed members when they are unpacked, each and together. */
  readonly unpackedBytes: number;
  /** How many times its packed bytes a member may have, beyond 256 MiB. */
  readonly unpackedRatio: number;
}

export const DEFAULT_LIMITS: Limits = {
  headerBytes: 100_000_000,
  jsonDepth: 64,
  rank: 8,
  dimension: 2 ** 31 - 1,
  tensorBytes: 2 ** 31,
  tensors: 100_000,
  operators: 20_000,
  weightBytes: 3.5 * 2 ** 30,
  passBytes: 2 ** 31,
  passMultiplyAdds: 1e12,
  hdf5Milliseconds: 30_000,
  hdf5Bytes: 2 ** 30,
  zipEntries: 4096,
  unpackedBytes: 2 ** 31,
  unpackedRatio: 100,
};

export const limitsFrom = (wanted?: Partial<Limits>): Limits => ({ ...DEFAULT_LIMITS, ...wanted });
