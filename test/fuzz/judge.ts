/** What a reader may do with a file from a stranger: read it or refuse it with a code, soon, in little memory. All else is a finding. */
import { GradCamError } from "../../src/errors.ts";

/** How a reader failed its promise, as a short text that is the same for the same defect. */
export class Finding extends Error {
  readonly kind: string;

  constructor(kind: string, cause?: unknown) {
    super(kind, { cause });
    this.kind = kind;
  }
}

/** Of the processor, not of the clock: the machine may have other work. */
const MOST_MILLISECONDS = 5000;
const MOST_BYTES = 2 ** 28;
/** Characters of a message: longer ones quote a file without end. */
const MOST_CHARACTERS = 100_000;

/** "read", or the code that the file is refused with. Throws Finding. */
export async function judge(read: () => Promise<unknown>): Promise<string> {
  const start = process.cpuUsage();
  const before = process.memoryUsage.rss();
  const outcome = await read().then(() => "read", refusal);
  const { user, system } = process.cpuUsage(start);
  if ((user + system) / 1000 > MOST_MILLISECONDS) throw new Finding(`slow: ${outcome}`);
  if (process.memoryUsage.rss() - before > MOST_BYTES) throw new Finding(`memory: ${outcome}`);
  for (const key in {}) throw new Finding(`polluted: Object.prototype.${key}`);
  return outcome;
}

function refusal(error: unknown): string {
  if (!(error instanceof GradCamError)) throw new Finding(`${nameOf(error)} at ${placeOf(error)}`, error);
  if (error.code === "E_INTERNAL") throw new Finding(`E_INTERNAL at ${placeOf(error)}`, error);
  if (error.message.length > MOST_CHARACTERS) throw new Finding(`long message: ${error.code}`, error);
  return error.code;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** The function that threw. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return /(?<=^ +at ).*?(?= \(|:\d+$)/m.exec(stack)?.[0] ?? "nowhere";
}
