/** Element types of ONNX tensors, by their number in TensorProto.DataType, and how their bytes become numbers. */
import { decodeFloats, type FloatType } from "../numbers.ts";

export interface ElementType {
  readonly name: string;
  readonly bytes: number;
  /** The field that holds such numbers where they are not raw bytes, and how they lie in it. */
  readonly field: number;
  readonly kind: "float" | "int" | "bool";
  decode(bytes: Uint8Array): ArrayLike<number>;
}

const FLOAT_DATA = 4;
const INT32_DATA = 5;
const INT64_DATA = 7;
const DOUBLE_DATA = 10;
const UINT64_DATA = 11;

const float = (name: string, stored: FloatType, bytes: number, field: number): ElementType => ({
  name,
  bytes,
  field,
  kind: "float",
  decode: (data) => decodeFloats(data, stored),
});

type Decode = (aligned: ArrayBuffer) => ArrayLike<number>;

const integer = (name: string, bytes: number, field: number, decode: Decode): ElementType => ({
  name,
  bytes,
  field,
  kind: name === "bool" ? "bool" : "int",
  // A copy, because typed arrays want aligned bytes.
  decode: (data) => decode(new Uint8Array(data).buffer),
});

/** Those that can be used; strings, complex numbers and floats of 8 bits are not among them. */
export const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map([
  [1, float("float", "F32", 4, FLOAT_DATA)],
  [2, integer("uint8", 1, INT32_DATA, (data) => new Uint8Array(data))],
  [3, integer("int8", 1, INT32_DATA, (data) => new Int8Array(data))],
  [4, integer("uint16", 2, INT32_DATA, (data) => new Uint16Array(data))],
  [5, integer("int16", 2, INT32_DATA, (data) => new Int16Array(data))],
  [6, integer("int32", 4, INT32_DATA, (data) => new Int32Array(data))],
  [7, integer("int64", 8, INT64_DATA, (data) => Float64Array.from(new BigInt64Array(data), Number))],
  [9, integer("bool", 1, INT32_DATA, (data) => new Uint8Array(data))],
  [10, float("float16", "F16", 2, INT32_DATA)],
  [11, float("double", "F64", 8, DOUBLE_DATA)],
  [12, integer("uint32", 4, UINT64_DATA, (data) => new Uint32Array(data))],
  [13, integer("uint64", 8, UINT64_DATA, (data) => Float64Array.from(new BigUint64Array(data), Number))],
  [16, float("bfloat16", "BF16", 2, INT32_DATA)],
]);
