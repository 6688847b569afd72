// @ts-check
/**
 * The control block: what the caller and its workers tell each other, at fixed addresses of the shared memory, below
 * everything that the heap hands out. Plain JavaScript, because workers run this very file: in tests from the sources,
 * which Node 20 cannot read as TypeScript, elsewhere from the package.
 *
 * CLAIM is one word, generation·64 + chunks nobody has taken yet. Taking a chunk is a compare-and-exchange of the whole
 * word, so whoever read it before the job changed takes nothing. All else of a job is read after a chunk was taken:
 * until that chunk is finished the job cannot end, so what is read belongs to it. A generation comes again after 2²⁶.
 */

/** Address of the control block. */
const CONTROL = 1024;
/** Numbers that describe one argument, and how many arguments a job may have. */
export const ARGUMENT_NUMBERS = 4;
const MOST_ARGUMENTS = 20;
export const MOST_CHUNKS = 63;

/** Words, by index. Those that several threads write have a cache line each. */
export const CLAIM = 0;
/** Chunks of the current job that are not finished yet. */
export const UNFINISHED = 16;
/** Workers that sleep until CLAIM changes. */
export const SLEEPING = 32;
/** Bit n is set when worker n is ready. */
export const JOINED = 48;
/** Length of the message of a worker that failed, in UTF-16 units; 0 while none has. */
export const FAILURE = 64;

/** The job: written by the caller while no chunk can be taken. */
export const KERNEL = 80;
const CHUNKS = 81;
export const UNITS = 82;
export const STEP = 83;
export const ARGUMENTS = 84;
/** Size of the memory in pages. */
export const PAGES = 85;
/** Not 0 when workers are to leave. */
export const STOPPED = 86;

const WORDS = 96;
const VALUES_AT = CONTROL + WORDS * 4;
const MESSAGE_AT = VALUES_AT + MOST_ARGUMENTS * ARGUMENT_NUMBERS * 8;
const MESSAGE_LENGTH = 256;
/** First byte behind the control block. */
export const CONTROL_END = MESSAGE_AT + MESSAGE_LENGTH * 2;

/**
 * @typedef {object} Control
 * @property {Int32Array} words
 * @property {Float64Array} values by argument: what it is for the first chunk, and by how much it changes with the
 *   chunk's first unit, with its last, and with the thread
 * @property {Uint16Array} message
 */

/**
 * Views that stay valid when the memory grows: shared memory never moves.
 * @param {ArrayBufferLike} buffer
 * @returns {Control}
 */
export function controlOf(buffer) {
  return {
    words: new Int32Array(buffer, CONTROL, WORDS),
    values: new Float64Array(buffer, VALUES_AT, MOST_ARGUMENTS * ARGUMENT_NUMBERS),
    message: new Uint16Array(buffer, MESSAGE_AT, MESSAGE_LENGTH),
  };
}

/**
 * Makes the job that was written the current one.
 * @param {Control} control
 * @param {number} chunks
 */
export function publish({ words }, chunks) {
  words[CHUNKS] = chunks;
  Atomics.store(words, UNFINISHED, chunks);
  const generation = (Atomics.load(words, CLAIM) >>> 6) + 1;
  Atomics.store(words, CLAIM, (generation << 6) | chunks);
  if (Atomics.load(words, SLEEPING) > 0) Atomics.notify(words, CLAIM);
}

/**
 * Sends all workers home as soon as they have finished their chunks. What is left of the job is left.
 * @param {Control} control
 */
export function stop({ words }) {
  Atomics.store(words, STOPPED, 1);
  Atomics.store(words, CLAIM, ((Atomics.load(words, CLAIM) >>> 6) + 1) << 6);
  Atomics.notify(words, CLAIM);
}

/**
 * Takes a chunk of the current job: its number, or −1 when there is none.
 * @param {Control} control
 */
export function claim({ words }) {
  for (;;) {
    const word = Atomics.load(words, CLAIM);
    const left = word & MOST_CHUNKS;
    if (left === 0) return -1;
    if (Atomics.compareExchange(words, CLAIM, word, word - 1) === word) return Atomics.load(words, CHUNKS) - left;
  }
}

/**
 * Runs a chunk that was taken: some of the job's units, cut where `step` allows.
 * @param {Control} control
 * @param {readonly Function[]} kernels
 * @param {number} chunk
 * @param {number} thread
 */
export function runChunk({ words, values }, kernels, chunk, thread) {
  const [units = 0, step = 1, chunks = 1, kernel = 0] = [words[UNITS], words[STEP], words[CHUNKS], words[KERNEL]];
  const parts = Math.ceil(units / step);
  const first = step * Math.floor((parts * chunk) / chunks);
  const last = Math.min(units, step * Math.floor((parts * (chunk + 1)) / chunks));
  const list = [];
  for (let at = 0, end = ARGUMENT_NUMBERS * (words[ARGUMENTS] ?? 0); at < end; at += ARGUMENT_NUMBERS) {
    const moved = (values[at + 1] ?? 0) * first + (values[at + 2] ?? 0) * last + (values[at + 3] ?? 0) * thread;
    list.push((values[at] ?? 0) + moved);
  }
  kernels[kernel]?.(...list);
}

/**
 * Says that a chunk is done; whoever finishes the last one wakes the caller.
 * @param {Control} control
 */
export function finish({ words }) {
  if (Atomics.sub(words, UNFINISHED, 1) === 1) Atomics.notify(words, UNFINISHED);
}

/**
 * Says that a worker cannot go on, and wakes the caller.
 * @param {Control} control
 * @param {string} text
 */
export function fail({ words, message }, text) {
  const length = Math.min(text.length, MESSAGE_LENGTH);
  for (let i = 0; i < length; i++) message[i] = text.charCodeAt(i);
  Atomics.store(words, FAILURE, Math.max(1, length));
  Atomics.notify(words, UNFINISHED);
}

/**
 * What the worker that failed had to say.
 * @param {Control} control
 */
export function failureOf({ words, message }) {
  return String.fromCharCode(...message.subarray(0, Atomics.load(words, FAILURE)));
}
