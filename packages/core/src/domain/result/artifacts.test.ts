import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ARTIFACT_TYPES,
  artifactOf,
  artifactTypeOf,
  MAX_BATCH_ARTIFACTS,
  halfOf,
  nextBatch,
  type FileBytes,
} from './artifacts.ts';

function fileOf(content: string | Buffer): FileBytes {
  const bytes = Buffer.from(content);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');

test.each([
  ['code_block', 'src/main.ts', 'export {};', { language: 'typescript' }],
  ['markdown', 'report.md', '# Report', { contentType: 'text/markdown' }],
  ['html', 'page.html', '<p>', { contentType: 'text/html' }],
  ['diff', 'change.patch', '--- a', { contentType: 'text/x-diff' }],
  ['json', 'data.json', '{"a":1}', { contentType: 'application/json' }],
  ['text', 'notes.txt', 'abcd1234', { contentType: 'text/plain' }],
  ['link', 'site.url', 'https://example.com/a', { contentType: 'text/uri-list' }],
] as const)('a %s goes as text, inline: %s', (type, name, text, more) => {
  expect(artifactOf(name, fileOf(text))).toMatchObject({ type, name, content: text, ...more });
});

test.each([
  ['image', 'plan.png', PNG],
  ['image', 'plan.svg', Buffer.from('<svg/>')],
  ['file', 'archive.zip', Buffer.from([0x50, 0x4b, 0, 1])],
  ['file', 'latin1.txt', Buffer.from([0xe4, 0xf6])],
  ['file', 'large.txt', Buffer.alloc(1_000_000, 'a')],
] as const)('an %s goes as base64: %s', (type, name, bytes) => {
  expect(artifactOf(name, fileOf(bytes))).toMatchObject({
    type,
    content: bytes.toString('base64'),
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
});

test('what only claims to be JSON or a link is text', () => {
  expect(artifactOf('data.json', fileOf('{'))).toMatchObject({ type: 'text' });
  expect(artifactOf('a.url', fileOf('[InternetShortcut]'))).toMatchObject({ type: 'text' });
});

test('text never goes under a type whose content may be taken for base64, whatever it looks like', () => {
  fc.assert(
    fc.property(
      fc.base64String({ maxLength: 200 }),
      fc.constantFrom('a.txt', 'b.md', 'c', 'd.py'),
      (text, name) => {
        const { type, content } = artifactOf(name, fileOf(text));
        expect(['file', 'image']).not.toContain(type);
        expect(content).toBe(text);
      },
    ),
  );
});

test('every type has a way to come about', () => {
  const names = ['a.ts', 'a.md', 'a.html', 'a.diff', 'a.txt', 'a.zip', 'a.png'];
  const made = new Set(
    names.map((name) => artifactTypeOf(name, name === 'a.zip' ? Buffer.of(0) : Buffer.from('x'))),
  );
  made.add(artifactTypeOf('a.json', Buffer.from('1')));
  made.add(artifactTypeOf('a.url', Buffer.from('https://x')));
  expect([...made].toSorted()).toEqual([...ARTIFACT_TYPES].toSorted());
});

test('a batch holds at most fifty, at most so many bytes, and at least one', () => {
  const files = Array.from({ length: 120 }, (_, index) => ({ name: `${index}`, sizeBytes: 10 }));
  expect(nextBatch(files, 1_000_000)).toHaveLength(MAX_BATCH_ARTIFACTS);
  expect(nextBatch(files, 35)).toHaveLength(3);
  expect(nextBatch(files, 5)).toHaveLength(1);
  expect(nextBatch([], 5)).toEqual([]);
});

test.each([
  ['files alike', Array.from({ length: 50 }, () => 10)],
  ['empty files', Array.from({ length: 50 }, () => 0)],
  ['a large file first', [1_000, 1, 1, 1]],
  ['a large file last', [1, 1, 1, 1_000]],
])('what is too large in one request is halved until each file is alone: %s', (_, sizes) => {
  let batch = sizes.map((sizeBytes) => ({ sizeBytes }));
  let tries = 0;
  while (batch.length > 1) {
    const next = nextBatch(batch, halfOf(batch));
    expect(next.length).toBeLessThan(batch.length);
    batch = [...next];
    tries += 1;
  }
  expect(tries).toBeLessThan(7);
});
