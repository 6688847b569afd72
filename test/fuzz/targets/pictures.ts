/** Pictures as far as they are read here: what kind a file is, and bitmaps. Decoders of other kinds are sharp's. */
import { readdirSync } from "node:fs";
import { decodeBmp } from "../../../src/node/bmp.ts";
import { pictureKind } from "../../../src/node/picture-kind.ts";
import { golden, type Target } from "./target.ts";

/** Bytes. */
const LARGEST = 3000;
const MOST_PIXELS = 2 ** 20;

export const pictures: Target = {
  seeds() {
    const names = readdirSync("test/golden/image/decode").filter((name) => /\.(jpg|png|webp|avif|gif|bmp)$/.test(name));
    const files = names.map((name) => golden(`image/decode/${name}`));
    return Promise.resolve(files.filter(({ length }) => length <= LARGEST));
  },
  // A promise that fails, not a function that throws.
  read: (bytes) =>
    Promise.resolve().then(() => {
      if (pictureKind(bytes, "picture") === "BMP") decodeBmp(bytes, "picture.bmp", MOST_PIXELS);
    }),
};
