/** The header of a safetensors file: every promise that the format makes about it, checked before a tensor is read. */
import { GradCamError } from "../errors.ts";
import { isCompleteJson, parseJson } from "./json.ts";
import type { Limits } from "./limits.ts";
import { checkName } from "./names.ts";
import { checkShape, countElements } from "./shapes.ts";
import { show } from "./show.ts";
import type { RandomAccessSource } from "./source.ts";

/** Bytes of the length before the header. */
export const PREFIX = 8;

/** Bits per element of every type the format knows. */
// prettier-ignore
const BITS = {
  BOOL: 8, U8: 8, I8: 8, U16: 16, I16: 16, U32: 32, I32: 32, U64: 64, I64: 64,
  F16: 16, BF16: 16, F32: 32, F64: 64, C64: 64,
  F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4,
} as const;

export interface Entry {
  readonly name: string;
  readonly dtype: keyof typeof BITS;
  readonly shape: readonly number[];
  /** Bytes after the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Byte at which the tensors begin. */
  readonly dataStart: number;
}

/** Throws E_TRUNCATED, E_TRAILING_DATA, E_HEADER_…, E_JSON_DEPTH, E_NAME_INVALID, E_DTYPE, E_SHAPE_…, E_OFFSETS. */
export async function readHeader(source: RandomAccessSource, limits: Limits): Promise<SafetensorsHeader> {
  const { json, dataStart } = await readJson(source, limits);
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === "__metadata__") metadata = checkMetadata(value, source.name);
    else entries.push(checkEntry(name, value, source.name, limits));
  }
  checkRanges(entries, source, dataStart);
  return { entries, metadata, dataStart };
}

async function readJson(
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
  const bytes = await source.read(PREFIX, present);
  if (present < length) throw headerBeyondEnd(bytes, length, source);
  const text = decodeText(bytes, where);
  if (!text.startsWith("{")) {
    throw new GradCamError("E_HEADER_INVALID", {
      where,
      expected: 'a header that begins with "{"',
      got: show(text.slice(0, 12)),
    });
  }
  const json = parseJson(text, where, limits.jsonDepth);
  return { json: json as Record<string, unknown>, dataStart: PREFIX + length };
}

function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new GradCamError("E_HEADER_INVALID", { where, expected: "UTF-8 text", got: "bytes that are none", cause });
  }
}

/** A header that is complete but declared longer than the file was forged; one that is cut off was truncated. */
function headerBeyondEnd(bytes: Uint8Array, length: number, source: RandomAccessSource): GradCamError {
  const where = `${source.name}: safetensors header`;
  const facts = { where, expected: `${length} bytes`, got: `${source.size - PREFIX} before the end of the file` };
  return isCompleteJson(new TextDecoder().decode(bytes))
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
    got: show(value),
  });
}

function checkType(dtype: unknown, where: string): keyof typeof BITS {
  if (typeof dtype === "string" && Object.hasOwn(BITS, dtype)) return dtype as keyof typeof BITS;
  throw new GradCamError("E_DTYPE", {
    where,
    expected: Object.keys(BITS).join(", "),
    got: show(dtype),
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
    got: show(offsets),
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
