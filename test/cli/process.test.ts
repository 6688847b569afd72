/** The command as a process of its own: signals, pipes that close, and what stays behind. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { inTemporaryFolder } from "../support/cli.ts";
import { built } from "../support/package.ts";

const start = (...words: string[]): ChildProcess => startWith("ignore", ...words);

const startWith = (stdin: "ignore" | number, ...words: string[]): ChildProcess =>
  spawn(process.execPath, [built("cli/bin.js"), ...words], { stdio: [stdin, "pipe", "pipe"] });

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

describe("gradcam as a process", () => {
  it("row 49: ends at SIGINT with 130, with whole files only, and says what is missing", async () => {
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
      await setTimeout(1500);
      child.kill("SIGINT");
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

  it.runIf(existsSync("/dev/full"))("row 45: ends with one line and 1 when what it prints cannot be written", () => {
    const full = openSync("/dev/full", "w");
    const words = [built("cli/bin.js"), "classify", "examples/cat.jpg", "--json"];
    const { status, stderr } = spawnSync(process.execPath, words, {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^gradcam: E_IO: output: ENOSPC.*\n$/);
  });

  it("tells data from everything else: stdout holds JSON Lines, stderr failures and the summary", async () => {
    const child = start("classify", "examples", "nowhere.jpg", "--json", "--top", "1");
    const [out, errors] = [textOf(child.stdout), textOf(child.stderr)];
    expect(await once(child, "close")).toEqual([1, null]);
    const lines = out().trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { image: string }).image)).toHaveLength(4);
    expect(errors()).toMatch(/^gradcam: E_IMAGE_UNREADABLE: nowhere\.jpg: .*\n4 of 5 pictures done, 1 failed\n$/);
  });

  it.each(["-", "/dev/stdin", "a pipe"])("ends at the first SIGINT with 130 while it waits for %s", async (word) => {
    await inTemporaryFolder(async (folder) => {
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", [pipe]);
      // Whoever opens a pipe for both has both its ends: it is open, and nothing ever comes.
      const silent = openSync(pipe, "r+");
      const child = word === "a pipe" ? start("classify", pipe) : startWith(silent, "classify", word);
      closeSync(silent);
      const errors = textOf(child.stderr);
      await setTimeout(2000);
      const begun = performance.now();
      child.kill("SIGINT");
      expect(await once(child, "close")).toEqual([130, null]);
      expect(performance.now() - begun).toBeLessThan(1000);
      expect(errors()).toBe("gradcam: interrupted\n");
    });
  });

  it.each([
    ["/dev/stdin", "cat examples/cat.jpg | gradcam explain /dev/stdin --json --compat chollet"],
    ["a pipe", 'cat examples/cat.jpg > "$PIPE" & gradcam explain "$PIPE" --json --compat chollet'],
  ])("reads %s once, for pixels and for the hash", async (_, line) => {
    await inTemporaryFolder((folder) => {
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", [pipe]);
      const script = `gradcam() { "${process.execPath}" "${built("cli/bin.js")}" "$@"; }; ${line}`;
      const out = execFileSync("sh", ["-c", script], {
        encoding: "utf8",
        maxBuffer: 2 ** 28,
        env: { ...process.env, PIPE: pipe },
      });
      const { picture } = JSON.parse(out) as { picture: { sha256: string } };
      expect(picture.sha256).toBe(createHash("sha256").update(readFileSync("examples/cat.jpg")).digest("hex"));
      return Promise.resolve();
    });
  });
});
