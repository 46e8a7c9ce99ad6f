import { existsSync } from 'node:fs';
import { join } from 'node:path';

const tasks = ['dev', 'dev:marketplace', 'dev:hiclaw'];

/**
 * What to call turbo with. It knows packages by their full names or by their paths: `--filter mcp-client` is turned into
 * the path of that folder. Everything else is passed on as it is.
 */
export function turboArguments(givenArguments: readonly string[], rootFolder: string): readonly string[] {
  const passedOn: string[] = [];
  let isFilter = false;
  for (const argument of givenArguments) {
    if (isFilter) passedOn.push(`--filter=${pathOf(argument, rootFolder)}`);
    else if (argument.startsWith('--filter=')) {
      passedOn.push(`--filter=${pathOf(argument.slice('--filter='.length), rootFolder)}`);
    } else if (argument !== '--filter') passedOn.push(argument);
    isFilter = !isFilter && argument === '--filter';
  }
  return ['run', ...tasks, ...passedOn];
}

function pathOf(name: string, rootFolder: string): string {
  const group = ['apps', 'packages', 'tooling'].find((folder) =>
    existsSync(join(rootFolder, folder, name, 'package.json')),
  );
  return group === undefined ? name : `./${group}/${name}`;
}
