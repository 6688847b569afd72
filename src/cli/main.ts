/** The command line: what commands there are, and how their failures become one line and an exit code. */
import { Command, CommanderError } from "commander";
import { GradCamError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { addActivations } from "./commands/activations.ts";
import { addBench } from "./commands/bench.ts";
import { addCache } from "./commands/cache.ts";
import { addClassify } from "./commands/classify.ts";
import { addCompare } from "./commands/compare.ts";
import { addCompletion } from "./commands/completion.ts";
import { addConvert } from "./commands/convert.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExplain } from "./commands/explain.ts";
import { addFilters } from "./commands/filters.ts";
import { addInspect } from "./commands/inspect.ts";
import { addLayers } from "./commands/layers.ts";
import { addMethods } from "./commands/methods.ts";
import { addMetrics } from "./commands/metrics.ts";
import { addModels } from "./commands/models.ts";
import { addPull } from "./commands/pull.ts";
import { addReproduce } from "./commands/reproduce.ts";
import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";
import { helpConfiguration, helpWidth, reflow } from "./terminal/help.ts";
import type { Io } from "./terminal/io.ts";
import { Terminal, type VolumeFlags } from "./terminal/terminal.ts";

/** Runs one command line (without "node" and the script's name). Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  const terminal = new Terminal(io);
  // Help and mistakes are printed before flags are read in full.
  terminal.setVolume({ color: !argv.includes("--no-color") });
  const program = gradcam(terminal);
  try {
    await program.parseAsync(withoutHelpFor(argv, program), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_CODES.ok;
    // Help instead of work: no command was named.
    if (error instanceof CommanderError && error.code === "commander.help") return EXIT_CODES.usage;
    terminal.setVolume(program.opts<VolumeFlags>());
    terminal.fail(error instanceof CommanderError ? usageError(error) : error);
  }
  return terminal.status;
}

const COMMANDS = [
  addExplain,
  addCompare,
  addClassify,
  addActivations,
  addFilters,
  addMetrics,
  addMethods,
  addLayers,
  addInspect,
  addDoctor,
  addConvert,
  addModels,
  addPull,
  addCache,
  addReproduce,
  addBench,
  addCompletion,
];

const EXAMPLES = `
Examples:
  gradcam explain cat.jpg              what is it, and where does one see that?
  gradcam explain cat.jpg -t espresso  what in it looks like an espresso?
  gradcam classify *.jpg --json
  gradcam methods                      what can be asked, and what it costs
  gradcam layers                       where maps can be drawn

Exit codes: 0 ok, 1 failed while running, 2 usage, 3 bad model, 4 bad image, 5 network, 130 interrupted`;

function gradcam(terminal: Terminal): Command {
  const { stdout, stderr } = terminal.io;
  const program = new Command("gradcam")
    .description("Ask a convolutional network why it said that.")
    .version(VERSION)
    .option("-q, --quiet", "results in their shortest form, and errors")
    .option("-v, --verbose", "also how long things took and what they ran on")
    .option("--debug", "also stack traces")
    .option("--no-color", "no colours; NO_COLOR does the same")
    .exitOverride()
    .configureHelp(helpConfiguration(terminal))
    .configureOutput({
      writeOut: (text) => stdout.write(reflow(text, stdout.columns, terminal)),
      writeErr: (text) => stderr.write(reflow(text, stderr.columns, terminal)),
      // main prints it, with a code.
      outputError: () => undefined,
      // The style knows whether there are any.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      getOutHelpWidth: () => helpWidth(stdout.columns),
      getErrHelpWidth: () => helpWidth(stderr.columns),
    })
    .addHelpText("after", EXAMPLES)
    .hook("preAction", (_program, command) => terminal.setVolume(command.optsWithGlobals<VolumeFlags>()));
  for (const add of COMMANDS) add(program, terminal);
  return program;
}

/** `help` of a command that does not exist is answered as that command would be: with the nearest one. */
function withoutHelpFor(argv: readonly string[], program: Command): readonly string[] {
  const [first, name] = argv;
  const isUnknown = first === "help" && name !== undefined && !program.commands.some((one) => one.name() === name);
  return isUnknown ? argv.slice(1) : argv;
}

/** "error: unknown option '--layr'\n(Did you mean --layer?)" → E_OPTION with the suggestion as its hint. */
function usageError({ code, message }: CommanderError): GradCamError {
  const [problem = message, suggestion] = message.replace(/^error: /, "").split("\n");
  const file = code === "commander.unknownCommand" ? /'(.*[./\\].*)'/.exec(problem)?.[1] : undefined;
  const near = file === undefined ? /\(Did you mean (.*)\?\)/.exec(suggestion ?? "")?.[1] : `gradcam explain ${file}`;
  return new GradCamError("E_OPTION", {
    where: "command line",
    got: problem,
    hint: near ? `did you mean ${near}?` : "--help lists what there is",
  });
}
