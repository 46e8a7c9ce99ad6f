import { readFile } from 'node:fs/promises';
import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';
import { describe, expect, test } from 'vitest';
import { MAIN } from './cli.ts';

/** Makes the process believe that it is an older Node. */
const as = (version: string): string =>
  `data:text/javascript,${encodeURIComponent(
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  )}`;

describe('an older Node', () => {
  test.each(['12.22.12', '14.21.3', '18.20.4', '22.12.0'])(
    '%s is told in one line what to do',
    async (version) => {
      const run = new AppProcess({ main: MAIN, arguments: ['doctor'], preloads: [as(version)] });
      expect(await run.ended()).toBe(2);
      expect(run.output).toBe(
        `agrenting-hiclaw needs Node 24 or newer, and this is Node ${version}: install one from https://nodejs.org, and run the same again.\n`,
      );
    },
  );

  test('can read the file that says so', async () => {
    const code = (await readFile(MAIN, 'utf8')).replaceAll(/^\/\/.*$/gm, '');
    expect(code).not.toMatch(
      /^import |\bawait\b|\?\.|\?\?|\busing\b|\bas const\b|#[a-z]+[ (;=]|: [A-Z]\w+ =/m,
    );
  });
});
