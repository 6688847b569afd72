/**
 * MD5 of bytes that come in pieces (RFC 1321): what Keras publishes of its files, and what browsers have no function for. It tells
 * damage from integrity; against somebody who forges files the connection's own encryption has to help.
 */
const BLOCK = 64;
/** Where the length of the message stands in the last block. */
const LENGTH_AT = 56;

const SHIFTS: readonly (readonly number[])[] = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];

export class Md5 {
  readonly #state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  /** ⌊2³² · |sin(i + 1)|⌋. */
  readonly #sines = Uint32Array.from({ length: BLOCK }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))));
  readonly #pending = new Uint8Array(BLOCK);
  readonly #words = new Uint32Array(BLOCK / 4);
  #length = 0;

  update(bytes: Uint8Array): void {
    let at = 0;
    const held = this.#length % BLOCK;
    this.#length += bytes.length;
    if (held > 0) {
      at = Math.min(BLOCK - held, bytes.length);
      this.#pending.set(bytes.subarray(0, at), held);
      if (held + at < BLOCK) return;
      this.#mix(this.#pending, 0);
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) this.#mix(bytes, at);
    this.#pending.set(bytes.subarray(at));
  }

  /** 32 hexadecimal digits; nothing may be added afterwards. */
  digest(): string {
    const length = this.#length;
    const held = length % BLOCK;
    const padding = new Uint8Array((held < LENGTH_AT ? LENGTH_AT : LENGTH_AT + BLOCK) - held + 8);
    padding[0] = 0x80;
    new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(length) * 8n, true);
    this.update(padding);
    const view = new DataView(new ArrayBuffer(16));
    this.#state.forEach((word, i) => view.setUint32(4 * i, word, true));
    return Array.from(new Uint8Array(view.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  #mix(bytes: Uint8Array, at: number): void {
    const [state, words, sines] = [this.#state, this.#words, this.#sines];
    for (let i = 0, from = at; i < words.length; i++, from += 4) {
      words[i] = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24);
    }
    let [a, b, c, d] = [state[0]! | 0, state[1]! | 0, state[2]! | 0, state[3]! | 0];
    for (let i = 0; i < BLOCK; i++) {
      const round = i >> 4;
      const [f, word] = roundOf(round, i, b, c, d);
      const sum = (a + f + sines[i]! + words[word & 15]!) | 0;
      const shift = SHIFTS[round]![i & 3]!;
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
  }
}

/** What step `i` makes of three words of the state, and which word of the block it takes. */
function roundOf(round: number, i: number, b: number, c: number, d: number): [mixed: number, word: number] {
  if (round === 0) return [(b & c) | (~b & d), i];
  if (round === 1) return [(d & b) | (~d & c), 5 * i + 1];
  return round === 2 ? [b ^ c ^ d, 3 * i + 5] : [c ^ (b | ~d), 7 * i];
}
