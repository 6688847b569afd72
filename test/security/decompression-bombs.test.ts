/** Decompression bombs: small files that unpack to much, for every format that is packed. Refused by what they declare, before any byte is unpacked. */
import { deflateRawSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { loadGraph } from "../../src/load/index.ts";
import { openKerasH5 } from "../../src/load/keras/open-h5.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { bytesSource } from "../../src/load/source.ts";
import { readImage } from "../../src/node.ts";
import { codeOf } from "../support/error-code.ts";
import { goldenBytes } from "../support/golden.ts";
import { type Member, zipBytes } from "../support/zip-bytes.ts";

/** Bytes that a process may need on its way to a refusal; what is packed below is 300 MB at least. */
const ROOM = 2 ** 27;
const MILLISECONDS = 2000;

/** The code of what it ends with, after it was seen to have stayed small and quick. */
async function codeInLittleRoom(action: () => unknown): Promise<string> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
  const begun = performance.now();
  const code = await codeOf(action);
  const taken = performance.now() - begun;
  clearInterval(watch);
  peak = Math.max(peak, process.memoryUsage().rss);
  expect(peak - before).toBeLessThan(ROOM);
  expect(taken).toBeLessThan(MILLISECONDS);
  return code;
}

const load = (bytes: Uint8Array, name: string) => async (): Promise<void> =>
  (await loadGraph(bytesSource(bytes, name))).close();

/** 300 MB of zeros, packed to 300 kB. */
const zeros = deflateRawSync(new Uint8Array(3e8), { level: 9 });
const bomb = (name: string): Member[] => [
  { name: "metadata.json", bytes: "{}" },
  { name, bytes: zeros, declared: { unpacked: 3e8 } },
];
/** Members are written stored; the method of the last is set to "deflated" in both of its headers. */
function deflated(members: readonly Member[]): Uint8Array {
  const bytes = zipBytes(members);
  const buffer = Buffer.from(bytes.buffer);
  const end = buffer.lastIndexOf("PK\x01\x02");
  buffer.writeUInt16LE(8, end + 10);
  buffer.writeUInt16LE(8, buffer.readUInt32LE(end + 42) + 8);
  return bytes;
}

describe("decompression bombs", () => {
  it.each([
    ["a .keras archive", "model.weights.h5", "model.keras"],
    ["a zipped model.json", "model.json", "model.zip"],
    ["a zipped config.json", "config.json", "model.keras"],
  ])("in %s are E_ZIP_BOMB", async (_, member, name) => {
    const bytes = deflated(bomb(member));
    expect(bytes.length).toBeLessThan(400_000);
    expect(await codeInLittleRoom(load(bytes, name))).toBe("E_ZIP_BOMB");
  });

  it("in an archive that says less than the truth end at what it says", async () => {
    const members = [{ name: "model.json", bytes: zeros, declared: { unpacked: 1e6 } }];
    expect(await codeInLittleRoom(load(deflated(members), "model.zip"))).toBe("E_ZIP_INVALID");
  });

  it("in an archive of an archive are not unpacked: a model has none", async () => {
    const inner = zipBytes([{ name: "model.json", bytes: "{}" }]);
    const outer = zipBytes([{ name: "inner.zip", bytes: inner, deflate: true }]);
    expect(await codeInLittleRoom(load(outer, "model.zip"))).toBe("E_UNSUPPORTED_FORMAT");
  });

  it.each(["chunk-bomb", "shape-bomb"])("in HDF5 are E_TENSOR_TOO_LARGE: %s", async (name) => {
    const source = bytesSource(goldenBytes(`h5/${name}.h5`), name);
    // The library takes its own memory at the first file.
    await (await openKerasH5(bytesSource(goldenBytes("h5/f32.h5")), { limits: DEFAULT_LIMITS })).close();
    const file = await openKerasH5(source, { limits: DEFAULT_LIMITS }).catch((error: unknown) => error);
    const refuse = async (): Promise<void> => {
      if (file instanceof Error) throw file;
      const { tensors } = file as Exclude<Awaited<ReturnType<typeof openKerasH5>>, { graph: unknown }>;
      await tensors.get("d/kernel")!.parameter().source.read(0, 6);
    };
    expect(await codeInLittleRoom(refuse)).toBe("E_TENSOR_TOO_LARGE");
  });

  it("in gzip, and in npz, are refused as such", async () => {
    const gzip = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, ...zeros.subarray(0, 1000));
    expect(await codeInLittleRoom(load(gzip, "model.h5"))).toBe("E_UNSUPPORTED_FORMAT");
    expect(await codeInLittleRoom(load(deflated([{ name: "w.npy", bytes: zeros }]), "w.npz"))).toMatch(
      /E_UNSUPPORTED_FORMAT|E_ZIP_BOMB/,
    );
  });

  it.each(["png", "webp"] as const)("in pictures are E_IMAGE_TOO_LARGE: %s of 14,000 × 14,000", async (format) => {
    const side = 14_000;
    const create = { width: side, height: side, channels: 3, background: "#000" } as const;
    const bytes = await sharp({ create, limitInputPixels: false })[format]({ effort: 1 }).toBuffer();
    expect(bytes.length).toBeLessThan(2e6);
    expect(await codeInLittleRoom(() => readImage(bytes))).toBe("E_IMAGE_TOO_LARGE");
  });
});
