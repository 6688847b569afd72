/**
 * safetensors: u64 N, N bytes of JSON {name: {dtype, shape, data_offsets}}, then the tensors back to back.
 * Every promise of the format is checked before the first tensor is read; tensors are read range by range.
 * After the specification in https://github.com/huggingface/safetensors (README, "Format").
 */
import { GradCamError } from "../errors.ts";
import type { Parameter } from "../graph/parameter.ts";
import type { StoredTensor } from "../zoo/weights.ts";
import type { Head } from "./head.ts";
import { isCompleteJson, parseJson } from "./json.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { checkName } from "./names.ts";
import { decodeFloats, FLOAT_BYTES } from "./numbers.ts";
import { checkShape, countElements } from "./shapes.ts";
import type { RandomAccessSource } from "./source.ts";
import { requireFloat, type TensorFile } from "./tensor-file.ts";

const PREFIX = 8;

/** Bits per element of every type the format knows. */
// prettier-ignore
const BITS = {
  BOOL: 8, U8: 8, I8: 8, U16: 16, I16: 16, U32: 32, I32: 32, U64: 64, I64: 64,
  F16: 16, BF16: 16, F32: 32, F64: 64, C64: 64,
  F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4,
} as const;

interface Entry {
  readonly name: string;
  readonly dtype: keyof typeof BITS;
  readonly shape: readonly number[];
  /** Bytes after the header. */
  readonly begin: number;
  readonly end: number;
}

/** A plausible length, or the beginning of the header where one has to be: the reader explains what is wrong then. */
export function isSafetensors(head: Head): boolean {
  let length = 0;
  for (let i = PREFIX - 1; i >= 0; i--) length = length * 256 + head.at(i);
  const fits = length >= 2 && length <= Math.min(head.size - PREFIX, DEFAULT_LIMITS.headerBytes);
  return fits || (head.at(PREFIX) === 0x7b && /^\{\s*["}]/.test(head.latin1.slice(PREFIX)) && !head.isText);
}

/** Opens a safetensors file. Throws E_TRUNCATED, E_HEADER_…, E_NAME_INVALID, E_SHAPE_…, E_OFFSETS, E_TRAILING_DATA. */
export async function openSafetensors(
  source: RandomAccessSource,
  limits: Limits = DEFAULT_LIMITS,
): Promise<TensorFile> {
  const header = await readHeader(source, limits);
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header.json)) {
    if (name === "__metadata__") metadata = checkMetadata(value, source.name);
    else entries.push(checkEntry(name, value, source.name, limits));
  }
  checkRanges(entries, source, header.dataStart);
  return {
    format: "safetensors",
    tensors: new Map(entries.map((entry) => [entry.name, storedTensor(source, entry, header.dataStart)])),
    metadata,
    close: () => source.close(),
  };
}

async function readHeader(
  source: RandomAccessSource,
  limits: Limits,
): Promise<{ json: Record<string, unknown>; dataStart: number }> {
  const where = `${source.name}: safetensors header`;
  const prefix = await source.read(0, PREFIX);
  const declared = new DataView(prefix.buffer, prefix.byteOffset, PREFIX).getBigUint64(0, true);
  if (declared > BigInt(limits.headerBytes)) {
    throw new GradCamError("E_HEADER_TOO_LARGE", {
      where,
      expected: `at most ${limits.headerBytes} bytes (limit headerBytes)`,
      got: `a declared length of ${declared}`,
    });
  }
  const length = Number(declared);
  const present = Math.min(length, source.size - PREFIX);
  const text = decodeText(await source.read(PREFIX, present), where, present === length);
  if (!text.startsWith("{")) {
    throw new GradCamError("E_HEADER_INVALID", {
      where,
      expected: 'a header that begins with "{"',
      got: JSON.stringify(text.slice(0, 12)),
    });
  }
  if (present < length) throw headerBeyondEnd(text, length, source);
  const json = parseJson(text, where, limits.jsonDepth);
  return { json: json as Record<string, unknown>, dataStart: PREFIX + length };
}

/** UTF-8 without mercy; only of a header that was cut may the last character be incomplete. */
function decodeText(bytes: Uint8Array, where: string, whole: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !whole });
  } catch (cause) {
    throw new GradCamError("E_HEADER_INVALID", { where, expected: "UTF-8 text", got: "bytes that are none", cause });
  }
}

/** A header that is complete but declared longer than the file was forged; one that is cut off was truncated. */
function headerBeyondEnd(text: string, length: number, source: RandomAccessSource): GradCamError {
  const where = `${source.name}: safetensors header`;
  const facts = { where, expected: `${length} bytes`, got: `${source.size - PREFIX} before the end of the file` };
  return isCompleteJson(text)
    ? new GradCamError("E_HEADER_TOO_LARGE", facts)
    : new GradCamError("E_TRUNCATED", { ...facts, hint: "the file is incomplete: fetch it again" });
}

function checkMetadata(value: unknown, file: string): Record<string, string> {
  const where = `${file}: __metadata__`;
  const fields = checkObject(value, where);
  for (const [key, text] of Object.entries(fields)) {
    checkName(key, where);
    if (typeof text !== "string") {
      throw new GradCamError("E_HEADER_INVALID", {
        where,
        expected: `text for ${JSON.stringify(key)}`,
        got: typeof text,
      });
    }
  }
  return fields as Record<string, string>;
}

function checkEntry(name: string, value: unknown, file: string, limits: Limits): Entry {
  checkName(name, `${file}: safetensors header`);
  const where = `${file}: tensor "${name}"`;
  const fields = checkObject(value, where);
  const dtype = checkType(fields["dtype"], where);
  const shape = checkShape(fields["shape"], where, limits);
  const [begin, end] = checkOffsets(fields["data_offsets"], where);
  const bits = countElements(shape, where) * BITS[dtype];
  if (bits !== (end - begin) * 8) {
    throw new GradCamError("E_SHAPE_OVERFLOW", {
      where,
      expected: `${bits / 8} bytes for ${dtype} ${JSON.stringify(shape)}`,
      got: `${end - begin} bytes`,
    });
  }
  if (end - begin > limits.tensorBytes) {
    throw new GradCamError("E_TENSOR_TOO_LARGE", {
      where,
      expected: `at most ${limits.tensorBytes} bytes (limit tensorBytes)`,
      got: String(end - begin),
    });
  }
  return { name, dtype, shape, begin, end };
}

function checkObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new GradCamError("E_HEADER_INVALID", {
    where,
    expected: "an object",
    got: `${JSON.stringify(value)}`.slice(0, 40),
  });
}

function checkType(dtype: unknown, where: string): keyof typeof BITS {
  if (typeof dtype === "string" && Object.hasOwn(BITS, dtype)) return dtype as keyof typeof BITS;
  throw new GradCamError("E_DTYPE", {
    where,
    expected: Object.keys(BITS).join(", "),
    got: `${JSON.stringify(dtype)}`,
  });
}

function checkOffsets(offsets: unknown, where: string): [begin: number, end: number] {
  const valid =
    Array.isArray(offsets) && offsets.length === 2 && offsets.every((at) => Number.isSafeInteger(at) && at >= 0);
  const [begin, end] = valid ? (offsets as [number, number]) : [1, 0];
  if (begin <= end) return [begin, end];
  throw new GradCamError("E_OFFSETS", {
    where,
    expected: "data_offsets [begin, end] with 0 ≤ begin ≤ end",
    got: `${JSON.stringify(offsets)}`.slice(0, 80),
  });
}

/** The ranges, in order of position, must tile the bytes after the header exactly. */
function checkRanges(entries: readonly Entry[], source: RandomAccessSource, dataStart: number): void {
  const data = source.size - dataStart;
  let position = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) {
      throw new GradCamError("E_OFFSETS", {
        where: `${source.name}: tensor "${name}"`,
        expected: `a range that begins where the previous one ends, at ${position}`,
        got: begin < position ? `an overlap at ${begin}` : `a hole up to ${begin}`,
      });
    }
    position = end;
  }
  if (position === data) return;
  throw new GradCamError(position > data ? "E_TRUNCATED" : "E_TRAILING_DATA", {
    where: `${source.name} at byte ${dataStart + Math.min(position, data)}`,
    expected: `${position} bytes of tensors`,
    got: String(data),
    ...(position > data && { hint: "the file is incomplete: fetch it again" }),
  });
}

function storedTensor(source: RandomAccessSource, entry: Entry, dataStart: number): StoredTensor {
  const { name, shape, dtype } = entry;
  return { name, shape, dtype, parameter: () => lazyParameter(source, entry, dataStart) };
}

function lazyParameter(source: RandomAccessSource, entry: Entry, dataStart: number): Parameter {
  const dtype = requireFloat(entry.dtype, `${source.name}: tensor "${entry.name}"`);
  const size = FLOAT_BYTES[dtype];
  const at = (index: number): number => dataStart + entry.begin + index * size;
  return {
    stored: entry.shape,
    source: {
      length: (entry.end - entry.begin) / size,
      read(start, end) {
        const bytes = (end - start) * size;
        if (source.readSync) return decodeFloats(source.readSync(at(start), bytes), dtype);
        return source.read(at(start), bytes).then((range) => decodeFloats(range, dtype));
      },
    },
  };
}
