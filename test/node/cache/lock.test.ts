/** Row 47 of the list of hostile inputs: downloads that compete, and locks that the dead have left. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PullLaboratory } from "../../support/pull-laboratory.ts";

let laboratory: PullLaboratory;

beforeEach(async () => {
  laboratory = new PullLaboratory();
  await laboratory.start();
});

afterEach(() => laboratory.end());

describe("row 47: two downloads of one file", () => {
  it("are one: the second waits and finds it", async () => {
    let waited = 0;
    const onWait = (): void => {
      waited++;
    };
    const paths = await Promise.all([laboratory.pull("slow", { onWait }), laboratory.pull("slow", { onWait })]);
    expect(paths).toEqual([laboratory.places.file, laboratory.places.file]);
    expect(laboratory.requests).toHaveLength(1);
    expect(waited).toBe(1);
  });

  it("wait no longer than they are wanted", async () => {
    hold({ process: process.pid, host: hostname() }, 10);
    const pulled = laboratory.pull("none", { signal: AbortSignal.timeout(400) });
    await expect(pulled).rejects.toMatchObject({ name: expect.stringMatching(/AbortError|TimeoutError/) as string });
    expect(laboratory.requests).toEqual([]);
  });

  it.each<[string, object, age: number]>([
    ["whose process is gone", { process: 2 ** 22 + 1, host: hostname() }, 6],
    ["of another machine that fell silent", { process: 1, host: "elsewhere" }, 61],
    ["that holds nonsense", ["nonsense"], 61],
  ])("take over a lock %s", async (_, note, age) => {
    hold(note, age);
    await laboratory.pull("none");
    expect(laboratory.names()).toEqual(["vgg16.h5", "vgg16.h5.json"]);
  });

  it("take over a lock from before the clock was set back", async () => {
    hold({ process: 2 ** 22 + 1, host: hostname() }, -3600);
    await laboratory.pull("none", { signal: AbortSignal.timeout(3000) });
    expect(laboratory.names()).toEqual(["vgg16.h5", "vgg16.h5.json"]);
  });

  it("rest while another process, or one that died there, removes a stale lock", async () => {
    hold({ process: 2 ** 22 + 1, host: hostname() }, 6);
    mkdirSync(`${laboratory.places.lock}.break`);
    const before = process.cpuUsage();
    await expect(laboratory.pull("none", { signal: AbortSignal.timeout(1000) })).rejects.toThrow();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(500);
  });

  it("do not take over a lock of another machine before it has been silent for a minute", async () => {
    hold({ process: 2 ** 22 + 1, host: "elsewhere" }, 50);
    await expect(laboratory.pull("none", { signal: AbortSignal.timeout(400) })).rejects.toThrow();
  });

  it("give up when their own lock was taken from them", async () => {
    const pulled = laboratory.pull("slow", {
      onProgress: () => writeFileSync(laboratory.places.lock, JSON.stringify({ token: "another" })),
    });
    await expect(pulled).rejects.toMatchObject({
      code: "E_IO",
      got: expect.stringMatching(/stood still too long/) as string,
    });
    expect(existsSync(laboratory.places.file)).toBe(false);
  });

  function hold(note: object, seconds: number): void {
    mkdirSync(laboratory.cache, { recursive: true });
    writeFileSync(laboratory.places.lock, JSON.stringify(note));
    const then = Date.now() / 1000 - seconds;
    utimesSync(laboratory.places.lock, then, then);
  }
});
