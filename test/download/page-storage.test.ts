/** Pages and browsers that cannot keep a download are told so, before anything is fetched. */
import { afterEach, expect, it, vi } from "vitest";
import { pullStored } from "../../src/browser/pull.ts";
import { codeOf } from "../support/error-code.ts";

afterEach(() => vi.unstubAllGlobals());

it.each([
  ["a page by http, without storage and locks", {}, undefined],
  ["a browser that writes in workers only", { storage: {}, locks: {} }, File],
])("%s: E_IO, or E_MODEL_NOT_FOUND where nothing is to be fetched", async (_, navigator, handle) => {
  vi.stubGlobal("navigator", navigator);
  vi.stubGlobal("FileSystemFileHandle", handle);
  expect(await codeOf(() => pullStored("vgg16"))).toBe("E_IO");
  expect(await codeOf(() => pullStored("vgg16", { offline: true }))).toBe("E_MODEL_NOT_FOUND");
});
