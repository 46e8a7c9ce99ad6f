import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const rootFolder = join(import.meta.dirname, '..', '..', '..');

/** Ways to a terminal, and what colours there are made with. */
const WAYS =
  /\bstd(?:out|err)\s*\.\s*write\b|\bprocess\s*\.\s*std(?:out|err)\b|\bconsole\s*\.\s*\w+\(|\bstyleText\b|@inquirer\/|\/dev\/tty/;

/** Who has one, and why what it writes is clean. What is new here has to clean what it writes. */
const KNOWN: Readonly<Record<string, string>> = {
  'apps/cli/src/start.ts': 'everything that the tool prints goes through `printable`',
  'apps/cli/src/terminal/ask.ts': 'prompts write by themselves; each text is cleaned before',
  'apps/cli/src/terminal/paint.ts': 'adds our colours after cleaning',
  'apps/poller/src/once.ts': 'its log is JSON',
  'apps/poller/src/start.ts': 'prints through `harmless`; its log is JSON',
  'packages/hiclaw/src/gateway/webhook-routes.ts': 'writes nothing: its `console` is a web page of HiClaw',
  'packages/runtime/src/node-version.ts': 'prints our own words and the version of Node',
  'packages/runtime/src/process-host.ts': 'prints through `harmless`',
  'tooling/sandbox/src/demo/child.ts': 'writes nothing: it reads what a child prints',
  'tooling/sandbox/src/demo/main.ts': 'prints our own words and cleaned ones',
  'tooling/sandbox/src/demo/screen.ts': 'everything that the demo shows is cleaned there',
};

describe('words of strangers on a terminal', () => {
  test('go by ways that clean them, and there is no other', () => {
    const files = ['apps/*/src/**/*.ts', 'packages/*/src/**/*.ts', 'tooling/sandbox/src/demo/*.ts']
      .flatMap((pattern) => globSync(pattern, { cwd: rootFolder }))
      .filter((file) => !file.endsWith('.test.ts'));
    expect(files.length).toBeGreaterThan(400);
    const found = files.filter((file) =>
      WAYS.test(withoutComments(readFileSync(join(rootFolder, file), 'utf8'))),
    );
    expect(found.toSorted((one, other) => one.localeCompare(other))).toEqual(Object.keys(KNOWN));
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
}
