import type { CompletedCommand } from './tree.ts';

/** For fish: one line for every word that may follow a command. */
export function fishCompletion(program: string, tree: readonly CompletedCommand[]): string {
  const name = `__${program.replaceAll('-', '_')}_at`;
  const valued = [
    ...new Set(tree.flatMap(({ options }) => options.filter((one) => one.takesValue).map((one) => one.word))),
  ];
  const paths = tree.map(({ path }) => path).filter((path) => path !== '');
  const lines = tree.flatMap(({ path, commands, options, takesFiles }) => {
    const at = `complete -c ${program} -n ${quoted(`${name} ${quoted(path)}`)}`;
    return [
      ...commands.map(({ word, description }) => `${at} -a ${word} -d ${quoted(description)}`),
      ...options.map(({ word, description, takesValue, takesFile }) => {
        const value = takesFile ? ' -r -F' : takesValue ? ' -x' : '';
        return `${at} -l ${word.slice(2)}${value} -d ${quoted(description)}`;
      }),
      ...(takesFiles ? [`${at} -F`] : []),
    ];
  });
  return `# Completion of ${program} for fish: ${program} completion fish | source
function ${name}
    set -l path
    set -l skip
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip
            continue
        end
        switch $word
            case ${[...valued, '-c'].join(' ')}
                set skip 1
            case '-*'
            case '*'
                set -l longer (string join ' ' $path $word)
                if contains -- $longer ${paths.map((path) => quoted(path)).join(' ')}
                    set path $longer
                end
        end
    end
    test "$path" = "$argv[1]"
end
complete -c ${program} -f
${lines.join('\n')}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
