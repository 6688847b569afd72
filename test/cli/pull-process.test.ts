/** Row 47, with real processes: kill -9 in the middle of a download, and two of them at once. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FaultName, type FaultyServer, startFaultyServer } from "../support/faulty-server.ts";
import { built } from "../support/package.ts";
import { noise, temporaryFolder } from "../support/pull-laboratory.ts";

/** MobileNet's file has a known size and no published checksum: any bytes will do. */
const BYTES = noise(17_225_924);

let server: FaultyServer;
let folder: ReturnType<typeof temporaryFolder>;

beforeEach(async () => {
  server = await startFaultyServer(BYTES);
  folder = temporaryFolder();
});

afterEach(async () => {
  await server.close();
  folder.remove();
});

const file = (): string => join(folder.path, "mobilenet.h5");

function pull(fault: FaultName): ChildProcess {
  const env = { ...process.env, GRADCAM_CACHE: folder.path, GRADCAM_MIRROR: `${server.origin}/${fault}` };
  return spawn(process.execPath, [built("cli/bin.js"), "pull", "mobilenet", "--allow-http"], { env, stdio: "ignore" });
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

/** When the server has answered so many requests, and some of the file is there. */
async function arrived(requests: number): Promise<void> {
  const partial = `${file()}.partial`;
  while (server.requests.length < requests || (statSync(partial, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("row 47: a process that downloads", () => {
  it("may be killed at any time: the next one goes on, and no half file has the final name", async () => {
    for (const [i, signal] of (["SIGKILL", "SIGKILL", "SIGINT"] as const).entries()) {
      const child = pull("slow");
      await arrived(i + 1);
      const exit = exitOf(child);
      child.kill(signal);
      expect(await exit).toBe(signal === "SIGKILL" ? null : 130);
      expect(existsSync(file())).toBe(false);
    }
    expect(await exitOf(pull("none"))).toBe(0);
    expect(server.requests.at(-1)).toMatch(/ bytes=\d+-$/);
    expect(Buffer.compare(readFileSync(file()), BYTES)).toBe(0);
    expect(existsSync(`${file()}.lock`)).toBe(false);
  });

  it("waits for another one, and finds what it has brought", async () => {
    const children = [pull("slow"), pull("slow"), pull("slow")];
    expect(await Promise.all(children.map(exitOf))).toEqual([0, 0, 0]);
    expect(server.requests).toHaveLength(1);
    expect(Buffer.compare(readFileSync(file()), BYTES)).toBe(0);
  });
});
