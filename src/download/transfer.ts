/** Fills a draft from a URL: goes on where it ends, tries again when the connection breaks, never takes more than it may. */
import { type Answer, readAnswer, tooLarge } from "./answer.ts";
import type { Draft, Send } from "./draft.ts";
import { connectionFailure, Interruption, lost } from "./interruption.ts";
import { Patience } from "./patience.ts";
import { sleep } from "./sleep.ts";

export interface TransferOptions {
  readonly url: URL;
  readonly send: Send;
  readonly bytes: number | undefined;
  readonly maxBytes: number;
  /** Milliseconds in which something has to come. */
  readonly patience: number;
  /** Attempts that brought nothing before the failure is final. */
  readonly retries: number;
  /** Milliseconds before the second attempt; doubled before each further one, up to a minute. */
  readonly pause: number;
  readonly signal: AbortSignal | undefined;
  /** Bytes that are there, and how many there will be if that is known. */
  readonly onProgress: (done: number, total: number | undefined) => void;
}

/** An attempt that brought less has brought nothing: servers that cut after every byte are not humoured for ever. */
const GAIN = 2 ** 20;

const LONG_PAUSE = 60_000;

/** Whether the draft was put together from more than one answer. Throws E_HTTP, E_INTEGRITY, E_URL_SCHEME, what the draft throws, AbortError. */
export async function transfer(draft: Draft, options: TransferOptions): Promise<boolean> {
  let isJoined = draft.size > 0;
  for (let failures = 0; ;) {
    const before = draft.size;
    try {
      await attempt(draft, options);
      return isJoined;
    } catch (error) {
      if (!(error instanceof Interruption)) throw error;
      failures = draft.size - before >= GAIN ? 1 : failures + 1;
      if (failures > options.retries) throw error.failure;
      const pause = Math.min(options.pause * 2 ** (failures - 1), Math.max(options.pause, LONG_PAUSE));
      await sleep(pause, options.signal);
      isJoined ||= draft.size > 0;
    }
  }
}

async function attempt(draft: Draft, options: TransferOptions): Promise<void> {
  const patience = new Patience(options.patience, options.signal);
  try {
    const [response, answer] = await ask(draft, options, patience.signal);
    await receive(response, answer, draft, options, patience);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!patience.isOver) throw error;
    throw new Interruption(lost(options.url, `next to nothing for ${options.patience / 1000} s`, error));
  } finally {
    patience.end();
  }
}

/** The answer to a request for what is missing, or for everything if the server cannot continue. */
async function ask(draft: Draft, options: TransferOptions, signal: AbortSignal): Promise<[Response, Answer]> {
  const { url, bytes, maxBytes } = options;
  for (;;) {
    const version = draft.size > 0 ? draft.version : undefined;
    if (version === undefined && draft.size > 0) await draft.restart(undefined);
    const offset = draft.size;
    const range = version === undefined ? {} : { range: `bytes=${offset}-`, "if-range": version };
    const response = await options.send(url, range, signal).catch((error: unknown) => {
      throw signal.aborted ? error : connectionFailure(url, error, "none");
    });
    try {
      const answer = readAnswer(response, { url, offset, version, bytes, maxBytes });
      if (answer !== "start over") return [response, answer];
      await draft.restart(undefined);
    } catch (error) {
      await discard(response);
      throw error;
    }
    await discard(response);
  }
}

/** Closes the connection; that it may be closed already is no news. */
const discard = async (response: Response): Promise<void> => {
  await response.body?.cancel().catch(() => undefined);
};

async function receive(
  response: Response,
  { start, total, version }: Answer,
  draft: Draft,
  options: TransferOptions,
  patience: Patience,
): Promise<void> {
  const { url, onProgress } = options;
  const limit = total ?? options.bytes ?? options.maxBytes;
  if (start === 0) await draft.restart(version);
  onProgress(draft.size, total ?? options.bytes);
  const reader = response.body?.getReader();
  if (!reader) throw new Interruption(lost(url, "no body"));
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw patience.signal.aborted ? error : connectionFailure(url, error, `${draft.size} bytes, then none`);
      });
      if (done) break;
      if (draft.size + value.length > limit) throw tooLarge(url, limit, "more");
      await draft.append(value);
      patience.received(value.length);
      onProgress(draft.size, total ?? options.bytes);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  const end = total ?? options.bytes;
  if (end !== undefined && draft.size < end) {
    throw new Interruption(lost(url, `${draft.size} of ${end} bytes`));
  }
}
