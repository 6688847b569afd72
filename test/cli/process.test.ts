/** The command as a process of its own: signals, pipes that close, and what stays behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inTemporaryFolder } from "../support/cli.ts";
import { built } from "../support/package.ts";

const start = (...words: string[]): ChildProcess =>
  spawn(process.execPath, [built("cli/bin.js"), ...words], { stdio: ["ignore", "pipe", "pipe"] });

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

describe("gradcam as a process", () => {
  it("ends at SIGINT with 130, with whole files only, and says what is missing", async () => {
    await inTemporaryFolder(async (folder) => {
      const child = start(
        "explain",
        "examples",
        "--method",
        "grad-cam,score-cam",
        "--quiet",
        "--output",
        folder,
        "-j",
        "4",
      );
      const errors = textOf(child.stderr);
      setTimeout(() => child.kill("SIGINT"), 1500);
      expect(await once(child, "exit")).toEqual([130, null]);
      expect(errors()).toBe("gradcam: interrupted\n");
      const names = readdirSync(folder);
      expect(names.filter((name) => !name.endsWith(".png"))).toEqual([]);
      // Of a picture there is everything or nothing.
      expect(names.length % 4).toBe(0);
    });
  });

  it("ends quietly when nobody reads on", async () => {
    const child = start("explain", "examples", "--json");
    const errors = textOf(child.stderr);
    child.stdout!.once("data", () => child.stdout!.destroy());
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(errors()).toBe("");
  });

  it("tells data from everything else: stdout holds JSON Lines, stderr failures and the summary", async () => {
    const child = start("classify", "examples", "nowhere.jpg", "--json", "--top", "1");
    const [out, errors] = [textOf(child.stdout), textOf(child.stderr)];
    expect(await once(child, "close")).toEqual([1, null]);
    const lines = out().trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { image: string }).image)).toHaveLength(4);
    expect(errors()).toMatch(/^gradcam: E_IMAGE_UNREADABLE: nowhere\.jpg: .*\n4 of 5 pictures done, 1 failed\n$/);
  });
});
