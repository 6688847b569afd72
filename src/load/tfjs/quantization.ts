/**
 * How tfjs stores weights in fewer bytes: as IEEE halves, or as whole numbers v of 8 or 16 bits that stand for v·scale + min.
 * After the converter's quantization.py; the product is taken in f64 and rounded once, as tfjs does.
 */
import { GradCamError } from "../../errors.ts";
import { decodeFloats } from "../numbers.ts";
import { show } from "../show.ts";
import type { ManifestEntry } from "./manifest.ts";
import { object } from "./model-json.ts";

export type Quantization =
  { readonly dtype: "float16" } | { readonly dtype: "uint8" | "uint16"; readonly scale: number; readonly min: number };

/** Throws E_QUANT_INVALID unless `value` is absent or describes a way to store numbers of type `target`. */
export function checkQuantization(value: unknown, target: string, where: string): Quantization | undefined {
  if (value === undefined || value === null) return undefined;
  const { dtype, scale, min } = object(value, `${where}: quantization`) as Record<string, unknown>;
  if (dtype === "float16" && target === "float32") return { dtype };
  if ((dtype === "uint8" || dtype === "uint16") && (target === "float32" || target === "int32")) {
    if (isFinite(scale) && scale > 0 && isFinite(min)) return { dtype, scale, min };
    const expected = "a finite scale above 0 and a finite min";
    throw new GradCamError("E_QUANT_INVALID", { where, expected, got: show({ scale, min }) });
  }
  throw new GradCamError("E_QUANT_INVALID", {
    where,
    expected: `uint8, uint16 or float16 for ${target}`,
    got: show(dtype),
  });
}

const isFinite = (value: unknown): value is number => Number.isFinite(value);

/** The numbers that stored bytes stand for. The result shares no memory with `bytes`. */
export function decode(bytes: Uint8Array, { dtype, quantization }: ManifestEntry): Float32Array {
  if (!quantization) return decodePlain(bytes, dtype);
  if (quantization.dtype === "float16") return decodeFloats(bytes, "F16");
  const { scale, min } = quantization;
  const stored = quantization.dtype === "uint8" ? bytes : new Uint16Array(new Uint8Array(bytes).buffer);
  const rounded = dtype === "int32" ? Math.round : (x: number): number => x;
  return Float32Array.from(stored, (v) => rounded(v * scale + min));
}

function decodePlain(bytes: Uint8Array, dtype: ManifestEntry["dtype"]): Float32Array {
  if (dtype === "bool") return Float32Array.from(bytes);
  if (dtype === "int32") return Float32Array.from(new Int32Array(new Uint8Array(bytes).buffer));
  return decodeFloats(bytes, "F32");
}
