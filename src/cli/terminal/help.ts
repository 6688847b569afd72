/** How help looks: lines that fit, lists that line up, on narrow terminals each description below its flag. */
import type { HelpConfiguration, Option } from "commander";
import type { Terminal } from "./terminal.ts";
import { BLANK_OR_COMMA, wrapped } from "./wrap.ts";

/** Longer lines are hard to read, however wide the terminal is. */
const MOST_COLUMNS = 100;
/** Below this there is no room for two columns. */
const NARROW = 60;
const INDENT = "      ";

export const helpWidth = (columns: number): number => Math.min(MOST_COLUMNS, columns);

export const helpConfiguration = ({ style }: Terminal): HelpConfiguration => ({
  showGlobalOptions: true,
  minWidthToWrap: 20,
  styleTitle: (title) => style.bold(title),
  optionDescription,
  subcommandTerm: (command) =>
    command
      .createHelp()
      .commandUsage(command)
      .replace(/^gradcam | \[options\]/g, ""),
  formatItem(term, termWidth, description, helper) {
    const width = this.helpWidth ?? MOST_COLUMNS;
    if (width >= NARROW) {
      const lines = wrapped(description, width - termWidth - 4, 0, BLANK_OR_COMMA);
      return `  ${term.padEnd(termWidth)}  ${lines.join(`\n${" ".repeat(termWidth + 4)}`)}`.trimEnd();
    }
    const lines = description === "" ? [] : wrapped(description, width - INDENT.length, 0, BLANK_OR_COMMA);
    return [`  ${helper.styleOptionText(term)}`, ...lines.map((line) => INDENT + line)].join("\n");
  },
});

/** "what is differentiated: logit, probability (default: logit)". */
function optionDescription({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices ? `: ${argChoices.join(", ")}` : "";
  const usual =
    defaultValue === undefined || typeof defaultValue === "boolean" ? "" : ` (default: ${String(defaultValue)})`;
  return description + choices + usual;
}

/** Paragraphs between lists, wrapped anew; examples and lists, which are indented, stay as they are. */
export function reflow(text: string, columns: number, { style }: Terminal): string {
  const lines: string[] = [];
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) lines.push(...wrapped(paragraph.join(" "), helpWidth(columns), 0, BLANK_OR_COMMA));
    paragraph = [];
  };
  for (const line of text.split("\n")) {
    const title = /^[A-Z][\w -]*:$/.test(line);
    if (/^\S/.test(line) && !title) paragraph.push(line);
    else {
      flush();
      lines.push(title ? style.bold(line) : line);
    }
  }
  flush();
  return lines.join("\n");
}
