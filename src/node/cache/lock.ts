/**
 * One process downloads a file, others wait for it. The lock is a file that its holder touches every second; it is stale when its
 * process is gone and it was not touched for 5 s, or when it was not touched for a minute (another machine that shares the folder,
 * or a process number that was given out again).
 */
import { randomUUID } from "node:crypto";
import { open, rm, stat, utimes } from "node:fs/promises";
import { mkdirSync, rmSync, type Stats, statSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as after } from "node:timers/promises";
import { codeOf } from "./failures.ts";
import { readNote } from "./record.ts";

const TOUCH = 1000;
const GONE = 5000;
const SILENT = 60_000;
const LOOK = 250;

export interface Lock {
  /** False when somebody took it for stale, after this process had stood still. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** Waits until nobody else holds the lock. `onWait` hears of it once. Throws AbortError and the file system's errors. */
export async function takeLock(path: string, signal?: AbortSignal, onWait?: () => void): Promise<Lock> {
  for (let waits = 0; ; waits++) {
    signal?.throwIfAborted();
    const token = randomUUID();
    if (await create(path, token)) return hold(path, token);
    if ((await isStale(path)) && breakLock(path)) continue;
    if (waits === 0) onWait?.();
    await after(LOOK, undefined, signal ? { signal } : {});
  }
}

async function create(path: string, token: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(JSON.stringify({ process: process.pid, host: hostname(), token }));
    } catch (error) {
      // A lock of nobody's, on a full disk, would keep everybody waiting.
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function hold(path: string, token: string): Lock {
  const isHeld = async (): Promise<boolean> => (await readNote(path))?.["token"] === token;
  const timer = setInterval(() => {
    const now = new Date();
    void isHeld()
      .then((held) => (held ? utimes(path, now, now) : undefined))
      .catch(() => undefined);
  }, TOUCH);
  timer.unref();
  return {
    isHeld,
    async release() {
      clearInterval(timer);
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

async function isStale(path: string): Promise<boolean> {
  try {
    const age = ageOf(await stat(path));
    if (age < GONE) return false;
    if (age > SILENT) return true;
    const note = await readNote(path);
    return note?.["host"] === hostname() && !isAlive(note["process"]);
  } catch {
    // Released meanwhile.
    return false;
  }
}

function isAlive(process_: unknown): boolean {
  if (typeof process_ !== "number" || !Number.isInteger(process_) || process_ <= 0) return false;
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Since it was last touched, in milliseconds; what was touched in the future, before somebody set the clock, is as old as that is far. */
const ageOf = ({ mtimeMs }: Stats): number => Math.abs(Date.now() - mtimeMs);

/**
 * Of several who find the lock stale, one removes it: the others must not remove the one that comes after it. Without a pause. False
 * when it was left to another. Throws the file system's errors.
 */
function breakLock(path: string): boolean {
  const breaker = `${path}.break`;
  try {
    mkdirSync(breaker);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    const other = statSync(breaker, { throwIfNoEntry: false });
    if (other && ageOf(other) > SILENT) rmSync(breaker, { force: true, recursive: true });
    return false;
  }
  try {
    const lock = statSync(path, { throwIfNoEntry: false });
    if (lock && ageOf(lock) >= GONE) rmSync(path, { force: true });
  } finally {
    rmSync(breaker, { force: true, recursive: true });
  }
  return true;
}
