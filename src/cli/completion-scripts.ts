/** Completion scripts: what `completed` found, in the languages of three shells. */
import type { Completed, CompletedCommand, CompletedFlag } from "./completion.ts";

/** In single quotes for a shell: 'it'\''s'. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion-Builtins.html; bash 3.2 of macOS knows all of it. */
function bash({ program, flags, commands }: Completed): string {
  const words = (list: readonly string[]): string => quoted(list.join(" "));
  const names = (of: readonly CompletedFlag[]): string[] => of.flatMap((flag) => flag.names);
  const values = commands.flatMap(({ name, flags: own }) =>
    own.flatMap((flag) => {
      if (flag.value === undefined) return [];
      const pattern = flag.names.map((word) => `${name}:${word}`).join("|");
      return [`    ${pattern}) words=${words(flag.choices)} ;;`];
    }),
  );
  const own = commands.map(
    ({ name, flags: of, choices }) =>
      `    ${name}:*) if [[ $cur == -* ]]; then words=${words(names(of))}; else words=${words(choices)}; fi ;;`,
  );
  return `# bash completion of ${program}: eval "$(${program} completion bash)"
_${program}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in ${commands.map(({ name }) => name).join("|")}) command=\${COMP_WORDS[i]}; break ;; esac
  done
  case $command:$prev in
${values.join("\n")}
${own.join("\n")}
    *) words=${words([...commands.map(({ name }) => name), ...names(flags)])} ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
# Where no word fits: files.
complete -o default -F _${program} ${program}
`;
}

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
function zsh({ program, flags, commands }: Completed): string {
  const inside = (text: string): string => text.replace(/[[\]:\\]/g, "\\$&");
  const spec = ({ names, about, value, choices }: CompletedFlag): string => {
    const action = choices.length > 0 ? `(${choices.join(" ")})` : "_files";
    const rest = quoted(`[${inside(about)}]${value === undefined ? "" : `:${inside(value)}:${action}`}`);
    return names.length > 1 ? `'*'{${names.join(",")}}${rest}` : `'*'${names.join("")}${rest}`;
  };
  const lines = (of: readonly CompletedFlag[]): string => of.map((flag) => `\n        ${spec(flag)} \\`).join("");
  const rest = ({ name, flags: of, choices }: CompletedCommand): string =>
    `      ${name})\n        _arguments -s \\${lines(of)}\n        ${quoted(`*:${name}:${choices.length > 0 ? `(${choices.join(" ")})` : "_files"}`)} ;;`;
  return `#compdef ${program}
# zsh completion of ${program}: ${program} completion zsh > "\${fpath[1]}/_${program}"
_${program}() {
  local curcontext=$curcontext state line
  local -a commands
  commands=(
${commands.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`).join("\n")}
  )
  _arguments -C \\${lines(flags)}
        '1:command:->command' '*::argument:->rest'
  case $state in
    command) _describe command commands ;;
    rest) case $words[1] in
${commands.map(rest).join("\n")}
    esac ;;
  esac
}
if [ "$funcstack[1]" = _${program} ]; then _${program} "$@"; else compdef _${program} ${program}; fi
`;
}

/** https://fishshell.com/docs/current/completions.html */
function fish({ program, flags, commands }: Completed): string {
  const line = (condition: string, { names, about, value, choices }: CompletedFlag): string => {
    const words = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
    const takes = value === undefined ? "" : choices.length > 0 ? ` -x -a ${fishQuoted(choices.join(" "))}` : " -r";
    return `complete -c ${program} -n ${fishQuoted(condition)} ${words.join(" ")}${takes} -d ${fishQuoted(about)}`;
  };
  const top = "__fish_use_subcommand";
  return [
    `# fish completion of ${program}: ${program} completion fish > ~/.config/fish/completions/${program}.fish`,
    ...flags.map((flag) => line(top, flag)),
    ...commands.map(
      ({ name, about }) => `complete -c ${program} -n ${top} -f -a ${fishQuoted(name)} -d ${fishQuoted(about)}`,
    ),
    ...commands.flatMap(({ name, flags: of, choices }) => {
      const condition = `__fish_seen_subcommand_from ${name}`;
      const values = `complete -c ${program} -n ${fishQuoted(condition)} -f -a ${fishQuoted(choices.join(" "))}`;
      return [...of.map((flag) => line(condition, flag)), ...(choices.length > 0 ? [values] : [])];
    }),
    "",
  ].join("\n");
}

/** In fish's single quotes only \\ and ' are escaped. */
const fishQuoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

export const SCRIPTS = { bash, zsh, fish } as const;
