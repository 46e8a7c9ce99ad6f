import type { CompletedCommand } from './tree.ts';

/** For zsh with its completion system (`compinit`). */
export function zshCompletion(program: string, tree: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const valued = [
    ...new Set(tree.flatMap(({ options }) => options.filter((one) => one.takesValue).map((one) => one.word))),
  ];
  const files = [
    ...new Set(tree.flatMap(({ options }) => options.filter((one) => one.takesFile).map((one) => one.word))),
  ];
  const paths = tree.map(({ path }) => path).filter((path) => path !== '');
  return `#compdef ${program}
# Completion of ${program} for zsh: source <(${program} completion zsh)
${name}() {
  local path_so_far="" word skip="" index
  local -a candidates
  for (( index = 2; index < CURRENT; index++ )); do
    word="\${words[index]}"
    if [[ -n "$skip" ]]; then skip=""; continue; fi
    case "$word" in
      (${[...valued, '-c'].join('|')}) skip=1 ;;
      (-*) ;;
      (*)
        case "\${path_so_far:+$path_so_far }$word" in
          (${paths.map((path) => quoted(path)).join('|')}) path_so_far="\${path_so_far:+$path_so_far }$word" ;;
        esac ;;
    esac
  done
  if [[ -n "$skip" ]]; then
    case "\${words[CURRENT-1]}" in
      (${[...files, '-c'].join('|')}) _files ;;
    esac
    return
  fi
  case "$path_so_far" in
${tree
  .map(({ path, commands, options, takesFiles }) => {
    const words = [...commands, ...options, { word: '--help', description: 'display help for command' }];
    const candidates = words.map(({ word, description }) =>
      quoted(`${word.replaceAll(':', '\\:')}:${description.replaceAll(/\s+/g, ' ')}`),
    );
    return `    (${quoted(path)}) candidates=(${candidates.join(' ')})${takesFiles ? '; _files' : ''} ;;`;
  })
  .join('\n')}
  esac
  _describe ${quoted(program)} candidates
}
compdef ${name} ${program}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
