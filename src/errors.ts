/**
 * Every failure a caller can meet: few kinds, stable codes, and always the same four facts —
 * where it happened, what was expected, what was found, and what to do about it.
 */

/** Stable, documented identifiers; `docs/errors.md` is generated from this list. */
export const ERROR_CODES = {
  E_SHAPE: "a tensor or layer has a shape that cannot work here",
  E_INPUT_SHAPE: "the input given does not fit the model's input",
  E_INPUT_VALUE: "an argument has a value outside its documented range",
  E_OPTION: "an option or flag is unknown or contradicts another",
  E_TARGET_CLASS: "the class asked for does not exist in this model",
  E_TARGET_LAYER: "the layer asked for does not exist or has no spatial map",
  E_METHOD: "the method is not defined for this network",
  E_UNSUPPORTED_OP: "the model needs an operator, layer or attribute that is not supported",
  E_UNSUPPORTED_LAYER: "the model has layers that are not supported; all of them are listed",
  E_UNSAFE_LAYER: "the model has layers that would run code from the file",
  E_OPSET: "the model is written for a version of its format that is not supported",
  E_UNSUPPORTED_FORMAT: "the file is of a known kind that cannot be loaded",
  E_NOT_A_MODEL: "the bytes are not a model file of any known kind",
  E_TRUNCATED: "the file ends before its contents do",
  E_TRAILING_DATA: "the file goes on after its contents end",
  E_LFS_POINTER: "the file is a Git-LFS pointer, not the data",
  E_HEADER_TOO_LARGE: "a header declares more bytes than allowed",
  E_HEADER_INVALID: "a header is malformed",
  E_JSON_DEPTH: "JSON is nested deeper than allowed",
  E_OFFSETS: "tensor ranges overlap, leave holes or run backwards",
  E_SHAPE_OVERFLOW: "a declared shape overflows or contradicts its byte range",
  E_SHAPE_INVALID: "a declared shape is not a list of non-negative integers",
  E_SHAPE_MISMATCH: "a weight does not have the shape its architecture needs",
  E_NAME_INVALID: "a name in the file is empty, unsafe or contains control characters",
  E_DTYPE: "a tensor has an element type that cannot be used",
  E_TENSOR_TOO_LARGE: "a tensor exceeds the size limit",
  E_NETWORK_TOO_LARGE: "the network needs more operators, memory or arithmetic than allowed",
  E_WEIGHT_MISSING: "the file lacks a weight that the architecture needs",
  E_WEIGHT_DUPLICATE: "a weight occurs twice",
  E_ATTR_INVALID: "an operator attribute is outside its valid range",
  E_GRAPH: "the graph is inconsistent: a cycle, a dangling value or no output",
  E_KERAS_MISSING: "a Keras file lacks its configuration or its weights",
  E_PROTOBUF: "the bytes are not valid protocol buffers",
  E_TENSOR_SIZE: "a tensor has more or fewer bytes than its shape needs",
  E_QUANT_INVALID: "a quantised weight has no usable scale or zero point",
  E_PATH_ESCAPE: "the model refers to a file outside of its own folder",
  E_SHARD_MISSING: "a part of a model in several files is not there",
  E_SHARD_SIZE: "a part of a model in several files has the wrong size",
  E_EXTERNAL_DATA: "a reference to numbers in another file is malformed or not allowed",
  E_ZIP_INVALID: "a zip archive is damaged or has entries that are not allowed",
  E_ZIP_BOMB: "a zip archive unpacks to more bytes than allowed",
  E_H5_LINK: "an HDF5 link points outside of the file's own tree",
  E_H5_FILTER: "an HDF5 dataset uses a filter that is not available",
  E_MODEL_NOT_FOUND: "there is no model of this name or at this path",
  E_IMAGE_TOO_LARGE: "the picture has more pixels than allowed",
  E_IMAGE_FORMAT: "the file is not a picture of a supported kind",
  E_IMAGE_CORRUPT: "the picture is damaged",
  E_IMAGE_UNREADABLE: "the picture's pixels cannot be read",
  E_IO: "a file could not be read or written",
  E_HTTP: "a download failed",
  E_INTEGRITY: "a downloaded or cached file is not the one that was promised",
  E_URL_SCHEME: "a URL has a scheme that is not allowed",
  E_EXISTS: "an output file exists already",
  E_NONFINITE: "a computed value is NaN or infinite",
  E_NOT_REPRODUCED: "a stored result does not come out the same when it is computed again",
  E_THRESHOLD: "a metric is worse than it may be",
  E_DISPOSED: "the model was used after dispose()",
  E_OUT_OF_MEMORY: "linear memory cannot grow as far as needed",
  E_TIME_LIMIT: "reading a file took longer than allowed",
  E_WORKER: "a worker thread failed while the model was in use",
  E_WASM_BLOCKED: "this environment cannot compile the WebAssembly core",
  E_INTERNAL: "a defect of this package: please report it",
} as const;

/** What went wrong, stable between versions. */
export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorFacts {
  /** The place: a layer, a file and byte, a flag. */
  where: string;
  expected?: string;
  got?: string;
  /** What the user can do next. */
  hint?: string;
  cause?: unknown;
}

/** `where: expected …, got …; hint` with a stable `code`; the only class this package throws. */
export class GradCamError extends Error {
  readonly code: ErrorCode;
  readonly where: string;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, facts: ErrorFacts) {
    super(describe(code, facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = "GradCamError";
    this.code = code;
    this.where = facts.where;
    this.expected = facts.expected;
    this.got = facts.got;
    this.hint = facts.hint;
  }
}

function describe(code: ErrorCode, { where, expected, got, hint }: ErrorFacts): string {
  const mismatch = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(", ");
  return `${where}: ${mismatch || ERROR_CODES[code]}${hint ? `; ${hint}` : ""}`;
}

/** Longer than all names that people type; the work for a hint grows with the square of it. */
const MOST_CHARACTERS = 256;

/** The candidate closest to `name` in edit distance, or undefined when none is near. For hints. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MOST_CHARACTERS) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(wanted.length * 0.6)) + 1;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    // No distance is smaller than the difference of lengths.
    if (Math.abs(wanted.length - other.length) >= bestDistance) continue;
    const distance = editDistance(wanted, other);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Levenshtein distance with one rolling row. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]!;
      row[j] = Math.min(above + 1, row[j - 1]! + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
      diagonal = above;
    }
  }
  return row[b.length]!;
}
