/** Archives made byte by byte, so that they can lie. */
import { crc32, deflateRawSync } from "node:zlib";

export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  readonly deflate?: boolean;
  /** What the headers say in place of the truth. */
  readonly declared?: { readonly packed?: number; readonly unpacked?: number; readonly crc?: number };
  /** General purpose bits: 1 is encrypted. */
  readonly flags?: number;
  /** Unix mode, as in stat. */
  readonly mode?: number;
  /** Where the directory says that the member begins, if elsewhere. */
  readonly offset?: number;
  /** The name in the local header, if it is another one. */
  readonly localName?: string;
}

/** A zip archive of these members in this order. */
export function zipBytes(members: readonly Member[]): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const member of members) {
    const { fields, data } = describe(member);
    const local = Buffer.concat([localHeader(fields, member.localName ?? member.name), data]);
    directory.push(centralHeader(fields, member, member.offset ?? position));
    locals.push(local);
    position += local.length;
  }
  const central = Buffer.concat(directory);
  return new Uint8Array(Buffer.concat([...locals, central, endRecord(members.length, central.length, position)]));
}

interface Fields {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
}

function describe({ bytes, deflate = false, declared = {}, flags = 0 }: Member): { fields: Fields; data: Buffer } {
  const plain = Buffer.from(bytes as Uint8Array);
  const data = deflate ? deflateRawSync(plain) : plain;
  const { packed = data.length, unpacked = plain.length, crc = crc32(plain) } = declared;
  return { fields: { flags, method: deflate ? 8 : 0, crc, packed, unpacked }, data };
}

function localHeader({ flags, method, crc, packed, unpacked }: Fields, name: string): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(packed, 18);
  header.writeUInt32LE(unpacked, 22);
  header.writeUInt16LE(Buffer.byteLength(name), 26);
  return Buffer.concat([header, Buffer.from(name)]);
}

function centralHeader(
  { flags, method, crc, packed, unpacked }: Fields,
  { name, mode = 0o100644 }: Member,
  at: number,
) {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  // Made by version 2.0 on Unix.
  header.writeUInt16LE(0x0314, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(method, 10);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(packed, 20);
  header.writeUInt32LE(unpacked, 24);
  header.writeUInt16LE(Buffer.byteLength(name), 28);
  header.writeUInt32LE((mode << 16) >>> 0, 38);
  header.writeUInt32LE(at, 42);
  return Buffer.concat([header, Buffer.from(name)]);
}

function endRecord(entries: number, bytes: number, position: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(position, 16);
  return end;
}
