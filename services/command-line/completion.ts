import type { Command } from "commander";

/** The shells that completion scripts exist for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of `SHELLS`. */
export type Shell = (typeof SHELLS)[number];

/** The words that may follow a path of commands: subcommands and long options. */
function wordsByPath(program: Command, path = ""): Map<string, string[]> {
  const words = [
    ...program.commands.map((command) => command.name()),
    ...program.options.flatMap(({ long }) => (long ? [long] : [])),
    "--help",
  ];
  const below = program.commands.flatMap((command) => [
    ...wordsByPath(command, `${path} ${command.name()}`.trim()),
  ]);
  return new Map([[path, words], ...below]);
}

function bashScript(name: string, words: Map<string, string[]>): string {
  const cases = [...words].map(
    ([path, list]) => `    "${path}") candidates="${list.join(" ")}" ;;`,
  );
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: shell's placeholders, not ours
  return [
    `# completion for ${name}: source this file, or put it where your shell looks for completions`,
    `_${name}() {`,
    '  local path="" word candidates=""',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$word" in -*) ;; *) path="${path:+$path }$word" ;; esac',
    "  done",
    '  case "$path" in',
    ...cases,
    "  esac",
    '  COMPREPLY=($(compgen -W "$candidates" -- "${COMP_WORDS[COMP_CWORD]}"))',
    "}",
    `complete -o default -F _${name} ${name}`,
  ].join("\n");
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: shell's placeholders, not ours
}

function fishScript(name: string, words: Map<string, string[]>): string {
  return [...words]
    .flatMap(([path, list]) => {
      const condition =
        path === ""
          ? "__fish_use_subcommand"
          : `__fish_seen_subcommand_from ${path.split(" ").at(-1)}`;
      return list.map((word) =>
        word.startsWith("--")
          ? `complete -c ${name} -n "${condition}" -l ${word.slice(2)}`
          : `complete -c ${name} -f -n "${condition}" -a ${word}`,
      );
    })
    .join("\n");
}

/**
 * A completion script for a shell, made from the commands that exist.
 *
 * @example completionScript(program, "bash") // to be sourced: `source <(commonweight completion bash)`
 */
export function completionScript(program: Command, shell: Shell): string {
  const words = wordsByPath(program);
  if (shell === "fish") return fishScript(program.name(), words);
  const bash = bashScript(program.name(), words);
  return shell === "zsh" ? `autoload -U +X bashcompinit && bashcompinit\n${bash}` : bash;
}
