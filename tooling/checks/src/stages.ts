import type { Stage } from './stage.ts';
import { compiledFolders } from './workspace.ts';

/** What is checked without running tests. */
export function staticStages(): readonly Stage[] {
  return [
    {
      name: 'types',
      commands: [
        ['tsc', '--build', ...compiledFolders()],
        ['tsc', '--project', '.'],
        ['tsc', '--project', 'packages/console/src'],
      ],
    },
    { name: 'lint', commands: [['oxlint', '--type-aware', '--deny-warnings']] },
    { name: 'architecture', commands: [['node', 'tooling/checks/src/architecture/main.ts', '.']] },
    { name: 'dead-code', commands: [['knip', '--no-progress']] },
    { name: 'format', commands: [['oxfmt', '--check']] },
    { name: 'versions', commands: [['sherif']] },
  ];
}
