/** Rows 46 and 48 of the list of hostile inputs: servers that go wrong, and addresses that must not be asked. */
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GradCamError } from "../../../src/errors.ts";
import { codeOf } from "../../support/error-code.ts";
import type { FaultName } from "../../support/faulty-server.ts";
import { PullLaboratory } from "../../support/pull-laboratory.ts";

let laboratory: PullLaboratory;

beforeEach(async () => {
  laboratory = new PullLaboratory();
  await laboratory.start();
});

afterEach(() => laboratory.end());

const failureOf = (work: Promise<unknown>): Promise<GradCamError> =>
  work.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: unknown) => error as GradCamError,
  );

describe("row 46: a server that goes wrong, but not for good", () => {
  it.each<[FaultName, string, requests: number]>([
    ["none", "sends everything at once", 1],
    ["cut", "breaks the connection in the middle", 2],
    ["cut-without-version", "breaks it and names no version, so that everything is fetched again", 2],
    ["stall", "stops in the middle", 2],
    ["ignores-range", "sends everything when asked for the rest", 2],
    ["changes-version", "has another version meanwhile", 3],
    ["joins-versions", "gives two files the same version", 3],
    ["wrong-range", "sends another range than the one asked for", 3],
    ["no-length", "does not say how long the file is", 1],
    ["busy-once", "is busy the first time", 2],
    ["moved", "has moved the file", 2],
  ])("%s: brings the file when the server %s", async (fault, _does, requests) => {
    const path = await laboratory.pull(fault);
    expect(Buffer.compare(readFileSync(path), laboratory.contents)).toBe(0);
    expect(laboratory.requests).toHaveLength(requests);
    expect(laboratory.names()).toEqual(["vgg16.h5", "vgg16.h5.json"]);
  });

  it("asks for what is missing only", async () => {
    await laboratory.pull("cut");
    expect(laboratory.requests).toEqual(["GET /cut/file.h5", "GET /cut/file.h5 bytes=100000-"]);
  });
});

describe("row 46: a server that goes wrong for good", () => {
  it.each<[FaultName, code: string, requests: number, says: RegExp]>([
    ["cut-always", "E_HTTP", 3, /200000|answer/],
    ["silent", "E_HTTP", 3, /next to nothing for 0\.3 s/],
    ["slow-loris", "E_HTTP", 3, /next to nothing for 0\.3 s/],
    ["range-unasked", "E_HTTP", 1, /a part of it that nobody asked for/],
    ["says-more", "E_HTTP", 3, /200000 bytes, then none/],
    ["says-less", "E_INTEGRITY", 1, /MD5/],
    ["says-huge", "E_HTTP", 1, /Content-Length/],
    ["endless", "E_INTEGRITY", 1, /at most 1000000 bytes, got more/],
    ["damaged", "E_INTEGRITY", 1, /expected MD5 \w{32}, got MD5 \w{32}/],
    ["html", "E_HTTP", 1, /a web page/],
    ["gzip", "E_HTTP", 1, /gzip encoding/],
    ["gzip-bomb", "E_HTTP", 1, /gzip encoding/],
    ["missing", "E_HTTP", 1, /status 404/],
    ["broken", "E_HTTP", 3, /status 500/],
    ["circle", "E_HTTP", 6, /at most 5 redirections/],
    ["nowhere", "E_HTTP", 1, /no Location/],
    ["downgrade", "E_URL_SCHEME", 1, /ftp:/],
    ["to-a-file", "E_URL_SCHEME", 1, /file:/],
    ["huge-headers", "E_HTTP", 1, /UND_ERR_HEADERS_OVERFLOW/],
    ["not-http", "E_HTTP", 1, /HPE_/],
  ])("%s: ends with %s", async (fault, code, requests, says) => {
    const error = await failureOf(laboratory.pull(fault, { maxBytes: 1_000_000 }));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(says);
    expect(laboratory.requests).toHaveLength(requests);
    expect(existsSync(laboratory.places.file)).toBe(false);
  });

  it("keeps what has arrived, and goes on from there the next time", async () => {
    await failureOf(laboratory.pull("cut", { retries: 0 }));
    expect(readFileSync(laboratory.places.partial)).toHaveLength(100_000);
    await laboratory.pull("cut");
    expect(laboratory.requests.at(-1)).toBe("GET /cut/file.h5 bytes=100000-");
    expect(Buffer.compare(laboratory.stored(), laboratory.contents)).toBe(0);
  });

  it("keeps nothing of a file that is not the right one", async () => {
    await failureOf(laboratory.pull("damaged"));
    expect(readFileSync(laboratory.places.partial)).toHaveLength(0);
    await laboratory.pull("none");
    expect(laboratory.requests.at(-1)).toBe("GET /none/file.h5");
  });

  it("refuses a file of another size before any of it is read", async () => {
    const entry = { ...laboratory.entry, bytes: 199_999 };
    const error = await failureOf(laboratory.pull("none", {}, entry));
    expect(error).toMatchObject({
      code: "E_INTEGRITY",
      expected: "a file of 199999 bytes",
      got: "one of 200000 bytes",
    });
  });
});

describe("row 48: addresses", () => {
  it.each([
    "http://127.0.0.1:1/",
    "ftp://127.0.0.1/",
    "file:///etc/",
    "data:text/plain,",
    "javascript:0",
    "//x",
    "C:\\models",
  ])("does not ask the mirror %s", async (mirror) => {
    expect(await codeOf(() => laboratory.pull("none", { mirror, allowHttp: false }))).toBe("E_URL_SCHEME");
  });

  it("sends a password to the server that it is for, to no other, and shows it to nobody", async () => {
    const mirror = laboratory.origin.replace("//", "//me:secret@");
    await laboratory.pull("none", { mirror: `${mirror}/none` });
    expect(laboratory.requests).toEqual([`GET /none/file.h5 Basic ${Buffer.from("me:secret").toString("base64")}`]);
    const error = await failureOf(laboratory.pull("missing", { mirror: `${mirror}/missing?token=hidden` }, other()));
    expect(error).toMatchObject({ code: "E_HTTP" });
    expect(JSON.stringify(error) + error.message + String(error.cause)).not.toMatch(/secret|hidden|me:/);
    expect(error.message).toContain("/missing/file.h5?…");
  });

  it.each([
    ["100%", "100%"],
    ["%zz%41", "%zzA"],
    ["%ff", "%ff"],
    ["p%C3%A4ss", "päss"],
  ])("sends the password %s as %s", async (written, sent) => {
    const mirror = laboratory.origin.replace("//", `//me:${written}@`);
    await laboratory.pull("none", { mirror: `${mirror}/none` });
    expect(laboratory.requests).toEqual([`GET /none/file.h5 Basic ${Buffer.from(`me:${sent}`).toString("base64")}`]);
  });

  /** Not in the cache yet. */
  const other = () => ({ ...laboratory.entry, name: "vgg19" }) as const;
});

describe("numbers that would let a download wait or try for ever", () => {
  it.each([
    { patience: NaN },
    { patience: 0 },
    { patience: Infinity },
    { retries: NaN },
    { pause: -1 },
    { maxBytes: NaN },
    { maxBytes: "1000" as unknown as number },
  ])("are E_OPTION before anything is asked for: %j", async (options) => {
    const signal = AbortSignal.timeout(2000);
    expect(await codeOf(() => laboratory.pull("broken", { signal, ...options }))).toBe("E_OPTION");
    expect(laboratory.requests).toEqual([]);
  });
});
