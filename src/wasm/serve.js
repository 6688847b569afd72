// @ts-check
/** What a worker does all its life: take chunks of jobs and run them. Plain JavaScript; see control.js. */
import {
  CLAIM,
  claim,
  controlOf,
  fail,
  finish,
  JOINED,
  MOST_CHUNKS,
  PAGES,
  runChunk,
  SLEEPING,
  STOPPED,
} from "./control.js";

/**
 * What a worker is given: the caller's memory and compiled core, and its own number, from 1 on.
 * @typedef {{ memory: WebAssembly.Memory, module: WebAssembly.Module, thread: number }} Post
 */

/** Looks at CLAIM before going to sleep: some 50 µs, longer than most pauses between two jobs of one pass. */
const LOOKS = 10_000;

/**
 * Returns when the team is stopped or a kernel traps: a worker that sleeps or looks for work would make Chromium wait for
 * two seconds before it obeys terminate().
 * @param {Post} post
 */
export function serve({ memory, module, thread }) {
  const control = controlOf(memory.buffer);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = /** @type {Function[]} */ (Object.values(exports).filter((value) => typeof value === "function"));
  let pages = 0;
  Atomics.or(control.words, JOINED, 1 << thread);
  try {
    while (Atomics.load(control.words, STOPPED) === 0) {
      const chunk = claim(control);
      if (chunk < 0) {
        waitForWork(control.words);
        continue;
      }
      // V8 tells an instance of another thread's grow() only when it happens to interrupt it, and until then
      // memory.fill and memory.copy trap behind the old end. Growing by nothing looks for itself.
      if (pages !== control.words[PAGES]) memory.grow(0);
      pages = control.words[PAGES] ?? 0;
      runChunk(control, kernels, chunk, thread);
      finish(control);
    }
  } catch (error) {
    fail(control, String(error));
  }
}

/** @param {Int32Array} words */
function waitForWork(words) {
  let word = Atomics.load(words, CLAIM);
  for (let i = 0; i < LOOKS; i++) {
    if ((word & MOST_CHUNKS) !== 0) return;
    word = Atomics.load(words, CLAIM);
  }
  Atomics.add(words, SLEEPING, 1);
  Atomics.wait(words, CLAIM, word);
  Atomics.sub(words, SLEEPING, 1);
}
