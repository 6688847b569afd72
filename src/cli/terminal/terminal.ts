/** What a command says and how loudly: data to stdout, everything else to stderr. */
import { GradCamError } from "../../errors.ts";
import { EXIT_CODES, type ExitCode, exitCodeOf } from "../exit-codes.ts";
import type { Io } from "./io.ts";
import { endOf, printable, printableJson } from "./printable.ts";
import { type Style, styleFor } from "./style.ts";
import { wrapped } from "./wrap.ts";

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

  /** Somebody watches what goes on. */
  get isInteractive(): boolean {
    return !this.quiet && this.io.stderr.isTTY;
  }

  /** Colours for stdout. */
  get style(): Style {
    return styleFor(this.io.stdout, this.io.env, this.#flags.color ?? true);
  }

  get #stderrStyle(): Style {
    return styleFor(this.io.stderr, this.io.env, this.#flags.color ?? true);
  }

  /** The exit code: that of the first failure, or 0; 130 once interrupted. */
  get status(): ExitCode {
    return this.#status;
  }

  /** Some of several pieces of work failed: that is no longer about one picture. */
  failedInPart(): void {
    this.#status = EXIT_CODES.failed;
  }

  /** Columns that lines for people may have: pipes have no end. */
  get width(): number {
    return this.io.stdout.isTTY ? this.io.stdout.columns : Infinity;
  }

  /**
   * A line of the result for people; on terminals as many as it needs.
   * @param hang columns where its text begins, and goes on in further lines; default: a little further in than the line
   */
  print(line = "", hang?: number): void {
    const clean = this.style.clean(line);
    const little = /^ */.exec(clean)![0].length + 2;
    const usual = hang !== undefined && hang <= this.width / 2 ? hang : little;
    for (const part of wrapped(clean, this.width, usual)) this.#write(part);
  }

  /** A line of the result for programs, as it is; on a terminal a person reads it. */
  printData(line: string): void {
    this.#write(this.io.stdout.isTTY ? printable(line) : line);
  }

  /** A line of JSON. */
  printJson(value: unknown): void {
    this.#write(printableJson(value));
  }

  /** A line about how it goes; nothing with `--quiet`. */
  note(line: string): void {
    if (!this.quiet) this.#say(line);
  }

  /** A line for `--verbose`. */
  log(line: string): void {
    if (this.#flags.verbose || this.#flags.debug) this.#say(line);
  }

  /** One line that replaces itself, on terminals only; "" removes it. */
  progress(line: string): void {
    if (!this.isInteractive || (!line && !this.#progressShown)) return;
    this.io.stderr.write(`\r\u001b[2K${endOf(printable(line), this.io.stderr.columns - 1)}`);
    this.#progressShown = line !== "";
  }

  /** One line, `gradcam: E_…: message`; the stack only with `--debug`. The work may go on. */
  fail(error: unknown): void {
    const code = exitCodeOf(error);
    if (this.#status === EXIT_CODES.ok || code === EXIT_CODES.interrupted) this.#status = code;
    this.#say(`${this.#stderrStyle.error("gradcam")}: ${oneLine(error)}`);
    if (this.#flags.debug && error instanceof Error)
      withCauses(error)
        .split("\n")
        .forEach((line) => this.#say(line));
  }

  #say(line: string): void {
    this.progress("");
    this.io.stderr.write(`${this.#stderrStyle.clean(line)}\n`);
  }

  #write(line: string): void {
    if (this.io.stdout.isTTY) this.progress("");
    this.io.stdout.write(`${line}\n`);
  }
}

function oneLine(error: unknown): string {
  if (exitCodeOf(error) === EXIT_CODES.interrupted) return "interrupted";
  const message = error instanceof Error ? error.message : String(error);
  const text =
    error instanceof GradCamError ? `${error.code}: ${message}` : `E_INTERNAL: ${message}; --debug shows where`;
  const lines = text.split("\n").map((line) => line.trim());
  return printable(lines.filter((line) => line !== "").join(" "));
}

function withCauses(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${withCauses(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
