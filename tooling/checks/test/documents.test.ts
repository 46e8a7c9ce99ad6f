import { execFileSync } from 'node:child_process';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { packageFolders, rootFolder } from '../src/workspace.ts';

const PROGRAM = 'agrenting-hiclaw';
const APPS = readdirSync(join(rootFolder, 'apps'));
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...globSync('docs/*.md', { cwd: rootFolder }),
];

const read = (file: string): string => readFileSync(join(rootFolder, file), 'utf8');
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

/** What an app prints, run from its source. */
function printedBy(app: string, ...words: readonly string[]): string {
  const main = join(rootFolder, 'apps', app, 'src', 'main.ts');
  return execFileSync(process.execPath, ['--conditions=agrenting-hiclaw-source', main, ...words], {
    encoding: 'utf8',
  });
}

/** What may follow each command of the program, as its own completion has it; the program itself is ''. */
const followers = new Map(
  [...printedBy('cli', 'completion', 'bash').matchAll(/^ +"([a-z -]*)"\) words="([^"]*)"/gm)].map(
    ([, path = '', words = '']) => [path, words.split(' ')] as const,
  ),
);
const subcommandsOf = (path: string): readonly string[] =>
  (followers.get(path) ?? []).filter((word) => !word.startsWith('-'));
/** Every command that does something on its own. */
const commands = [...followers.keys()].filter((path) => subcommandsOf(path).length === 0);
const optionsOfPoller = printedBy('poller', '--help').match(/--[a-z]+/g) ?? [];

/** What is wrong with the words behind the program's name. */
function problemsOfCommand(words: readonly string[]): readonly string[] {
  let path = '';
  for (const word of words.filter((each) => !each.startsWith('-'))) {
    const below = subcommandsOf(path);
    if (below.length === 0) break;
    const longer = path === '' ? word : `${path} ${word}`;
    if (!below.includes(word)) return [`no command ${longer}`];
    path = longer;
  }
  if (path !== '' && !commands.includes(path)) return [`no whole command: ${path}`];
  return problemsOfOptions(path, words, followers.get(path) ?? []);
}

function problemsOfOptions(
  whose: string,
  words: readonly string[],
  known: readonly string[],
): readonly string[] {
  return words
    .map((word) => word.replace(/=.*/, ''))
    .filter((word) => word.startsWith('--') && word !== '--' && !known.includes(word))
    .map((word) => `no option ${word} of ${whose === '' ? PROGRAM : whose}`);
}

/** What is wrong with the words behind the name of an app; only the poller takes any. */
function problemsOfApp(app: string, words: readonly string[]): readonly string[] {
  const [first] = words;
  if (first !== undefined && !first.startsWith('--')) return [`no command ${app} ${first}`];
  return problemsOfOptions(app, words, app === 'poller' ? optionsOfPoller : []);
}

/** What is wrong with the words behind `npm`. */
function problemsOfNpm(words: readonly string[]): readonly string[] {
  const [verb, name, ...rest] = words.filter((word, index) => {
    const isOption = word.startsWith('-') && word !== '--' && !words.slice(0, index).includes('--');
    return !isOption && words[index - 1] !== '--prefix';
  });
  if (verb !== 'run' || name === undefined) return [];
  if (scripts[name] === undefined) return [`no script ${name}`];
  if (name === 'cli') return problemsOfCommand(rest.slice(1));
  return APPS.includes(name) ? problemsOfApp(name, rest.slice(1)) : [];
}

/** What is wrong with one line of a shell, or with what stands as code within a sentence. */
function problemsOf(code: string, isSpan: boolean): readonly string[] {
  const parts = code.replace(/(^| )#.*/, '').split(/&&|[,.](?: |$)|[;|()`']/);
  return parts.flatMap((part) => {
    const words = part.match(/"[^"]*"|\S+/g) ?? [];
    for (const [index, word] of words.entries()) {
      const behind = words.slice(index + 1);
      if (word === PROGRAM && behind.length > 0) return problemsOfCommand(behind);
      if (word === 'npm') return problemsOfNpm(behind);
    }
    const [first = '', ...rest] = words;
    if (!isSpan || rest.length === 0) return [];
    if (APPS.includes(first)) return problemsOfApp(first, rest);
    return subcommandsOf('').includes(first) ? problemsOfCommand(words) : [];
  });
}

/** What is wrong with the commands in a document: in its blocks and in what stands as code within a sentence. */
function problemsOfDocument(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
  return [
    ...blocks.flatMap((line) => problemsOf(line, false)),
    ...spans.flatMap((span) => problemsOf(span.replaceAll('\n', ' '), true)),
  ];
}

/** The first cells of a document's table with this head. */
function firstCells(file: string, head: string): readonly string[] {
  const lines = read(file).split('\n');
  const from = lines.findIndex((line) => line.startsWith(`| ${head} `));
  const behind = from === -1 ? [] : lines.slice(from + 2);
  const end = behind.findIndex((line) => !line.startsWith('|'));
  return behind.slice(0, end).map((line) => line.split('|')[1]?.trim() ?? '');
}

describe('commands in documents', () => {
  test('are known here', () => {
    expect(commands.length).toBeGreaterThan(40);
    expect(optionsOfPoller).toContain('--once');
  });

  test.each(DOCUMENTS)('of %s exist', (file) => expect(problemsOfDocument(read(file))).toEqual([]));

  test.each([
    ['`poller backup <file>`', 'no command poller backup'],
    ['`poller --copy <file>`', 'no option --copy of poller'],
    ['`bridge --once`', 'no option --once of bridge'],
    ['`npm run poler`', 'no script poler'],
    ['`npm run poller -- --copy`', 'no option --copy of poller'],
    ['`npm run cli -- hirings shwo`', 'no command hirings shwo'],
    ['`hirings shwo <id>`', 'no command hirings shwo'],
    ['`agrenting-hiclaw hirings`', 'no whole command: hirings'],
    ['```sh\nnpm --prefix ~/x run --silent clii -- init\n```\n', 'no script clii'],
    ['```sh\nsudo -u a agrenting-hiclaw doctor --strat # why\n```\n', 'no option --strat of doctor'],
    ['```sh\nmkdir a && agrenting-hiclaw innit\n```\n', 'no command innit'],
  ])('%j would be found', (text, problem) => expect(problemsOfDocument(text)).toEqual([problem]));

  test('are all described in docs/cli.md, each with an example', () => {
    const described = [
      ...read('docs/cli.md').matchAll(/^#### `([a-z -]{1,40})`\n\n[^]{1,1000}?^```sh\n(.{1,300})\n```$/gm),
    ];
    expect(described.map(([, path = '']) => path).toSorted()).toEqual(commands.toSorted());
    for (const [, path = '', example = ''] of described) expect(example).toContain(`${PROGRAM} ${path}`);
  });
});

describe('README.md', () => {
  test('names every app and package, and no folder that is not there', () => {
    const listed = firstCells('README.md', 'folder').map((cell) => cell.replaceAll('`', ''));
    const folders = packageFolders();
    expect(folders).toEqual(expect.arrayContaining([...listed]));
    expect(listed).toEqual(
      expect.arrayContaining(folders.filter((folder) => !folder.startsWith('tooling/'))),
    );
  });

  test('leads to every page', () => {
    const pages = globSync('docs/*.md', { cwd: rootFolder });
    expect(pages.filter((page) => !read('README.md').includes(`](${page})`))).toEqual([]);
  });
});
