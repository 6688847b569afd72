/** MD5 as Node computes it, whatever pieces the bytes come in. */
import { expect, it } from "vitest";
import { Md5 } from "../../src/browser/md5.ts";
import { digestOf, noise } from "../support/pull-laboratory.ts";

it.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_003])(
  "is Node's for %i bytes in odd pieces",
  (length) => {
    const bytes = noise(length);
    for (const piece of [1, 7, 63, 64, 65, 4096]) {
      const md5 = new Md5();
      for (let at = 0; at < length; at += piece) md5.update(bytes.subarray(at, at + piece));
      expect(md5.digest()).toBe(digestOf(bytes));
    }
  },
);
