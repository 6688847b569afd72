/** What an HDF5 file holds, as plain data: it is walked once, where the library runs, and asked about where the graph is built. */
import type { ErrorCode, ErrorFacts } from "../../errors.ts";

/** An error on its way between threads. */
export interface SentError extends Omit<ErrorFacts, "cause"> {
  readonly code: ErrorCode;
}

/** Attributes that are lists of strings, by name; or why one cannot be read. */
export type Strings = ReadonlyMap<string, readonly string[] | SentError>;

interface GroupNode {
  readonly kind: "group";
  readonly strings: Strings;
}

export interface DatasetNode {
  readonly kind: "dataset";
  readonly strings: Strings;
  /** As the file declares it, unchecked. */
  readonly shape: readonly number[];
  /** Of one element, in bytes. */
  readonly size: number;
  /** HDF5's number of the class of its type. */
  readonly type: number;
  readonly isLittleEndian: boolean;
  readonly isVirtual: boolean;
  /** Elements of a chunk, where the numbers lie in chunks: what is unpacked at once. */
  readonly chunk: number | undefined;
  readonly filters: readonly { readonly id: number; readonly name: string }[];
  /** Where its numbers begin in the file, where they lie there in one piece and in little-endian order. */
  readonly begin: number | undefined;
}

interface LinkNode {
  readonly kind: "link";
  /** For messages: a soft link to "x", a link into the file "y". */
  readonly what: string;
}

interface BrokenNode {
  readonly kind: "broken";
  readonly error: SentError;
}

/** Named types, and what later versions may have. */
interface OtherNode {
  readonly kind: "other";
}

export type Hdf5Node = GroupNode | DatasetNode | LinkNode | BrokenNode | OtherNode;

/** By path, without a leading slash; the root is "". */
export type Hdf5Tree = ReadonlyMap<string, Hdf5Node>;

/** A box of a dataset: `count` elements along each axis from `offset` on. */
export interface Box {
  readonly path: string;
  readonly offset: readonly number[];
  readonly count: readonly number[];
}
