/** gradcam completion: a script that makes a shell complete commands, flags and their values. */
import { Argument, type Command } from "commander";
import { checkChoice } from "../../image/choice.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Written out: the scripts are loaded when one is asked for. */
const SHELLS = ["bash", "zsh", "fish"] as const;

const EXAMPLES = `
Examples:
  gradcam completion bash >> ~/.bashrc
  gradcam completion zsh > "\${fpath[1]}/_gradcam"
  gradcam completion fish > ~/.config/fish/completions/gradcam.fish`;

export function addCompletion(program: Command, terminal: Terminal): void {
  const shell = new Argument("<shell>", SHELLS.join(", ")).argParser((value: string) => {
    checkChoice(value, SHELLS, "shell");
    return value;
  });
  shell.argChoices = [...SHELLS];
  program
    .command("completion")
    .description("Print a script that completes commands, flags and their values in a shell.")
    .addArgument(shell)
    .addHelpText("after", EXAMPLES)
    .action(async (name: (typeof SHELLS)[number]) => {
      const [{ completed }, { SCRIPTS }] = await Promise.all([
        import("../completion.ts"),
        import("../completion-scripts.ts"),
      ]);
      terminal.io.stdout.write(SCRIPTS[name](completed(program)));
    });
}
