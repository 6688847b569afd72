/** Archives of model files: sound ones are read in place, others say what is wrong before anything is unpacked. */
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { bytesSource, type RandomAccessSource } from "../../src/load/source.ts";
import { ZipArchive } from "../../src/load/zip.ts";
import { codeOf } from "../support/error-code.ts";
import { type Member, zipBytes } from "../support/zip-bytes.ts";

const open = (members: readonly Member[], limits = {}): Promise<ZipArchive> =>
  ZipArchive.open(bytesSource(zipBytes(members), "model.keras"), { ...DEFAULT_LIMITS, ...limits });

const textOf = async (source: RandomAccessSource | undefined): Promise<string> =>
  new TextDecoder().decode(await source!.read(0, source!.size));

const HELLO: Member = { name: "config.json", bytes: '{"a":1}' };
const zeros = (size: number): Uint8Array => new Uint8Array(size);

describe("a sound archive", () => {
  it("gives its members, stored or deflated, and undefined for what it has not", async () => {
    const archive = await open([HELLO, { name: "folder/big.bin", bytes: zeros(10_000), deflate: true }]);
    expect(archive.names).toEqual(["config.json", "folder/big.bin"]);
    expect(await textOf(await archive.member("config.json"))).toBe('{"a":1}');
    const big = (await archive.member("folder/big.bin"))!;
    expect(big.size).toBe(10_000);
    expect(await big.read(9_990, 10)).toEqual(zeros(10));
    expect(await archive.member("constructor")).toBeUndefined();
  });

  it("is read in place: a range of a stored member is a range of the file", async () => {
    const bytes = zipBytes([{ name: "weights.h5", bytes: zeros(1_000_000) }]);
    const inner = bytesSource(bytes, "model.keras");
    let touched = 0;
    const counted: RandomAccessSource = {
      ...inner,
      read: (offset, length) => {
        touched += length;
        return inner.read(offset, length);
      },
    };
    const archive = await ZipArchive.open(counted, DEFAULT_LIMITS);
    const member = (await archive.member("weights.h5"))!;
    await member.read(500_000, 100);
    expect(member.readSync!(999_999, 1)).toEqual(zeros(1));
    expect(touched).toBeLessThan(100_000);
    expect(await codeOf(() => member.readSync!(999_999, 2))).toBe("E_TRUNCATED");
  });

  it("has siblings: the members beside one", async () => {
    const archive = await open([
      { name: "web/model.json", bytes: "{}" },
      { name: "web/shard1.bin", bytes: "abc" },
    ]);
    const model = (await archive.member("web/model.json"))!;
    expect(await textOf(await model.sibling!("shard1.bin"))).toBe("abc");
    expect(await codeOf(() => model.sibling!("shard2.bin"))).toBe("E_SHARD_MISSING");
  });
});

describe("row 22: a hostile archive", () => {
  it.each<[string, string, readonly Member[]]>([
    ["an encrypted member", "E_ZIP_INVALID", [{ ...HELLO, flags: 1 }]],
    ["a symbolic link", "E_ZIP_INVALID", [{ ...HELLO, mode: 0o120777 }]],
    ["a second member of the same name", "E_ZIP_INVALID", [HELLO, HELLO]],
    ["a path that climbs", "E_ZIP_INVALID", [{ ...HELLO, name: "../config.json" }]],
    ["an absolute path", "E_ZIP_INVALID", [{ ...HELLO, name: "/etc/passwd" }]],
    ["a name that reaches a prototype", "E_NAME_INVALID", [{ ...HELLO, name: "__proto__/config.json" }]],
    ["a member that begins inside of another", "E_ZIP_INVALID", [HELLO, { ...HELLO, name: "b", offset: 10 }]],
    ["two names for one member", "E_ZIP_INVALID", [HELLO, { ...HELLO, name: "config.jso2", offset: 0 }]],
    ["a stored member with two sizes", "E_ZIP_INVALID", [{ ...HELLO, declared: { unpacked: 9 } }]],
    ["a member longer than the file", "E_ZIP_INVALID", [{ ...HELLO, declared: { packed: 99_999, unpacked: 99_999 } }]],
    ["a bomb of 400 MB", "E_ZIP_BOMB", [{ ...HELLO, deflate: true, declared: { unpacked: 400_000_000 } }]],
    ["more bytes than deflate can make", "E_ZIP_BOMB", [{ ...HELLO, deflate: true, declared: { unpacked: 99_999 } }]],
  ])("%s is %s", async (_, code, members) => {
    expect(await codeOf(() => open(members))).toBe(code);
  });

  it.each<[string, string, Member]>([
    ["another name in the local header", "E_ZIP_INVALID", { ...HELLO, deflate: true, localName: "config.jsom" }],
    ["a wrong checksum", "E_ZIP_INVALID", { ...HELLO, deflate: true, declared: { crc: 1 } }],
    ["fewer bytes than there are", "E_ZIP_INVALID", { ...HELLO, deflate: true, declared: { unpacked: 3 } }],
    ["more bytes than there are", "E_ZIP_INVALID", { ...HELLO, deflate: true, declared: { unpacked: 9 } }],
  ])("%s is %s when the member is unpacked", async (_, code, member) => {
    const archive = await open([member]);
    expect(await codeOf(() => archive.member(member.name))).toBe(code);
  });

  it("a real bomb is refused by its ratio, and smaller members by limits that can be set", async () => {
    const bomb = { name: "bomb", bytes: zeros(300_000_000), deflate: true };
    const packed = zipBytes([bomb]);
    expect(packed.length).toBeLessThan(400_000);
    const archive = (limits = {}): Promise<ZipArchive> =>
      ZipArchive.open(bytesSource(packed), { ...DEFAULT_LIMITS, ...limits });
    expect(await codeOf(() => archive())).toBe("E_ZIP_BOMB");
    expect((await archive({ unpackedRatio: 2000 })).names).toEqual(["bomb"]);
    expect(await codeOf(() => open([HELLO, { ...HELLO, name: "b" }], { zipEntries: 1 }))).toBe("E_ZIP_INVALID");
    expect(await codeOf(() => open([{ ...HELLO, deflate: true }], { unpackedBytes: 3 }))).toBe("E_ZIP_BOMB");
  });

  it("every archive that is cut short is refused, and so is one with bytes behind its end or before its beginning", async () => {
    const bytes = zipBytes([HELLO, { name: "b", bytes: "b", deflate: true }]);
    const openBytes = (some: Uint8Array): Promise<ZipArchive> => ZipArchive.open(bytesSource(some), DEFAULT_LIMITS);
    for (let end = 0; end < bytes.length; end++) {
      expect(await codeOf(() => openBytes(bytes.subarray(0, end))), `${end} bytes`).toMatch(
        /E_TRUNCATED|E_ZIP_INVALID/,
      );
    }
    expect(await codeOf(() => openBytes(Uint8Array.of(...bytes, 0)))).toBe("E_TRAILING_DATA");
    expect(await codeOf(() => openBytes(Uint8Array.of(0, ...bytes)))).toBe("E_ZIP_INVALID");
  });
});
