/** What shells may complete, from the commands' own flags: there is no second list that could grow old. */
import type { Command, Option } from "commander";

export interface CompletedFlag {
  /** "-t", "--target". */
  readonly names: readonly string[];
  readonly about: string;
  /** "class"; undefined for a flag without a value. */
  readonly value: string | undefined;
  /** All possible values, where they are few. */
  readonly choices: readonly string[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly CompletedFlag[];
  /** Values of its arguments where they are few; otherwise they are files. */
  readonly choices: readonly string[];
}

export interface Completed {
  readonly program: string;
  readonly flags: readonly CompletedFlag[];
  readonly commands: readonly CompletedCommand[];
}

export function completed(program: Command): Completed {
  const help = program.createHelp();
  const own = help.visibleOptions(program).map(flagOf);
  const commands = help.visibleCommands(program).map((command) => ({
    name: command.name(),
    about: command.description(),
    flags: [...help.visibleOptions(command).map(flagOf), ...own.filter(({ names }) => !names.includes("--help"))],
    choices:
      command.name() === "help"
        ? program.commands.map((other) => other.name())
        : command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  }));
  return { program: program.name(), flags: own, commands };
}

function flagOf(option: Option): CompletedFlag {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    about: option.description,
    value: /[<[]([^<>[\]]+)[>\]]/.exec(option.flags)?.[1],
    choices: option.argChoices ?? [],
  };
}
