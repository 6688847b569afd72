/** What a command says and how loudly: data to stdout, everything else to stderr. */
import { GradCamError } from "../errors.ts";
import { EXIT_CODES, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { type Style, styleFor } from "./style.ts";

/** Flags that every command has. */
export interface VolumeFlags {
  /** Results in their shortest form, and errors. */
  readonly quiet?: boolean;
  /** How long things took and what they ran on. */
  readonly verbose?: boolean;
  /** Stack traces. */
  readonly debug?: boolean;
  /** False with `--no-color`. */
  readonly color?: boolean;
}

export class Terminal {
  readonly io: Io;
  #flags: VolumeFlags = {};
  #status: ExitCode = EXIT_CODES.ok;
  #progressShown = false;

  constructor(io: Io) {
    this.io = io;
  }

  /** Called once the flags are known. */
  setVolume(flags: VolumeFlags): void {
    this.#flags = flags;
  }

  get quiet(): boolean {
    return this.#flags.quiet ?? false;
  }

  /** Colours for stdout. */
  get style(): Style {
    return styleFor(this.io.stdout, this.io.env, this.#flags.color ?? true);
  }

  /** The exit code: that of the first failure, or 0. */
  get status(): ExitCode {
    return this.#status;
  }

  /** A line of the result. */
  print(line = ""): void {
    this.io.stdout.write(`${line}\n`);
  }

  /** A line for `--verbose`. */
  log(line: string): void {
    if (this.#flags.verbose || this.#flags.debug) this.#note(line);
  }

  /** One line that replaces itself, on terminals only; "" removes it. */
  progress(line: string): void {
    if (this.quiet || !this.io.stderr.isTTY || (!line && !this.#progressShown)) return;
    this.io.stderr.write(`\r\u001b[2K${line}`);
    this.#progressShown = line !== "";
  }

  /** One line, `gradcam: E_…: message`; the stack only with `--debug`. The work may go on. */
  fail(error: unknown): void {
    if (this.#status === EXIT_CODES.ok) this.#status = exitCodeOf(error);
    const { error: red } = styleFor(this.io.stderr, this.io.env, this.#flags.color ?? true);
    this.#note(`${red("gradcam")}: ${oneLine(error)}`);
    if (this.#flags.debug && error instanceof Error) this.#note(withCauses(error));
  }

  #note(line: string): void {
    this.progress("");
    this.io.stderr.write(`${line}\n`);
  }
}

function oneLine(error: unknown): string {
  if (exitCodeOf(error) === EXIT_CODES.interrupted) return "interrupted";
  const message = error instanceof Error ? error.message : String(error);
  const text =
    error instanceof GradCamError ? `${error.code}: ${message}` : `E_INTERNAL: ${message}; --debug shows where`;
  return text.replace(/\s*\n\s*/g, " ");
}

function withCauses(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${withCauses(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
