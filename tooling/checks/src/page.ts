import type { CommandLine } from './program.ts';

/** Builds the operator's web page into packages/console/dist/page. */
export const BUILD_PAGE: CommandLine = ['pnpm', '--filter', '@agrenting-hiclaw/console', 'run', 'build:page'];
