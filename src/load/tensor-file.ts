/** A file that holds named tensors and no architecture: what every weights-only format is opened as. */
import { GradCamError } from "../errors.ts";
import type { StoredTensors } from "../zoo/weights.ts";
import { FLOAT_BYTES, type FloatType, isFloatType } from "./numbers.ts";

export interface TensorFile {
  readonly format: string;
  readonly tensors: StoredTensors;
  /** Remarks of the writer, if any. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Gives back what reading needs. The tensors cannot be read afterwards. */
  close(): void | Promise<void>;
}

/** Throws E_DTYPE for element types that are not floats. */
export function requireFloat(dtype: string, where: string): FloatType {
  if (isFloatType(dtype)) return dtype;
  throw new GradCamError("E_DTYPE", {
    where,
    expected: `a weight of type ${Object.keys(FLOAT_BYTES).join(", ")}`,
    got: dtype,
    hint: "convert it to float32 before saving",
  });
}
