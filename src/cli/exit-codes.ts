/** What a shell learns from a failure: which side of the command has to change. */
import { type ErrorCode, GradCamError } from "../errors.ts";

export const EXIT_CODES = {
  ok: 0,
  /** Something went wrong while running. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  model: 3,
  image: 4,
  /** A download, or what it brought. */
  network: 5,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

const { failed, usage, model, image, network } = EXIT_CODES;

/** By error code. A new code does not compile without an entry here. */
export const EXIT_CODE_OF: Readonly<Record<ErrorCode, ExitCode>> = {
  E_SHAPE: model,
  E_INPUT_SHAPE: image,
  E_INPUT_VALUE: usage,
  E_OPTION: usage,
  E_TARGET_CLASS: usage,
  E_TARGET_LAYER: usage,
  E_METHOD: usage,
  E_UNSUPPORTED_OP: model,
  E_UNSUPPORTED_LAYER: model,
  E_UNSAFE_LAYER: model,
  E_OPSET: model,
  E_UNSUPPORTED_FORMAT: model,
  E_NOT_A_MODEL: model,
  E_TRUNCATED: model,
  E_TRAILING_DATA: model,
  E_LFS_POINTER: model,
  E_HEADER_TOO_LARGE: model,
  E_HEADER_INVALID: model,
  E_JSON_DEPTH: model,
  E_OFFSETS: model,
  E_SHAPE_OVERFLOW: model,
  E_SHAPE_INVALID: model,
  E_SHAPE_MISMATCH: model,
  E_NAME_INVALID: model,
  E_DTYPE: model,
  E_TENSOR_TOO_LARGE: model,
  E_NETWORK_TOO_LARGE: model,
  E_WEIGHT_MISSING: model,
  E_WEIGHT_DUPLICATE: model,
  E_ATTR_INVALID: model,
  E_GRAPH: model,
  E_KERAS_MISSING: model,
  E_PROTOBUF: model,
  E_TENSOR_SIZE: model,
  E_QUANT_INVALID: model,
  E_PATH_ESCAPE: model,
  E_SHARD_MISSING: model,
  E_SHARD_SIZE: model,
  E_EXTERNAL_DATA: model,
  E_ZIP_INVALID: model,
  E_ZIP_BOMB: model,
  E_H5_LINK: model,
  E_H5_FILTER: model,
  E_MODEL_NOT_FOUND: model,
  E_IMAGE_TOO_LARGE: image,
  E_IMAGE_FORMAT: image,
  E_IMAGE_CORRUPT: image,
  E_IMAGE_UNREADABLE: image,
  E_IO: failed,
  E_HTTP: network,
  E_INTEGRITY: network,
  E_URL_SCHEME: network,
  E_EXISTS: failed,
  E_NONFINITE: failed,
  E_NOT_REPRODUCED: failed,
  E_THRESHOLD: failed,
  E_DISPOSED: failed,
  E_OUT_OF_MEMORY: failed,
  E_TIME_LIMIT: model,
  E_WORKER: failed,
  E_WASM_BLOCKED: failed,
  E_INTERNAL: failed,
};

export function exitCodeOf(error: unknown): ExitCode {
  if (isAbort(error)) return EXIT_CODES.interrupted;
  return error instanceof GradCamError ? EXIT_CODE_OF[error.code] : EXIT_CODES.failed;
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";
