import type { CompletedCommand } from './tree.ts';

/** Works with the bash 3.2 of macOS, too: no associative arrays, and no package bash-completion. */
export function bashCompletion(program: string, tree: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const values = [
    ...new Set(tree.flatMap(({ options }) => options.filter((one) => one.takesValue).map((one) => one.word))),
  ];
  const files = new Set(
    tree.flatMap(({ options }) => options.filter((one) => one.takesFile).map((one) => one.word)),
  );
  const paths = tree.map(({ path }) => path).filter((path) => path !== '');
  return `# Completion of ${program} for bash: source <(${program} completion bash)
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" path="" word="" index=1 skip=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -gt 0 ]; then previous="\${COMP_WORDS[COMP_CWORD-1]}"; fi
  while [ "$index" -lt "$COMP_CWORD" ]; do
    word="\${COMP_WORDS[index]}"
    index=$((index + 1))
    if [ -n "$skip" ]; then skip=""; continue; fi
    case "$word" in
      ${[...values, '-c'].join('|')}) skip=1 ;;
      -*) ;;
      *)
        case "\${path:+$path }$word" in
          ${paths.map((path) => `"${path}"`).join('|')}) path="\${path:+$path }$word" ;;
        esac ;;
    esac
  done
  case "$previous" in
    ${[...files, '-c'].join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${values.filter((value) => !files.has(value)).join('|')}) return ;;
  esac
  local words="" plain=""
  case "$path" in
${tree
  .map(({ path, commands, options, takesFiles }) => {
    const words = [...commands, ...options].map(({ word }) => word);
    return `    "${path}") words="${[...words, '--help'].join(' ')}"${takesFiles ? ' plain=1' : ''} ;;`;
  })
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -n "$plain" ]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -o filenames -F ${name} ${program}
`;
}
