import { expect, test } from 'vitest';
import { isSafeOutbound, outboundText } from './outbound-text.ts';

test.each([
  'The repository that you named does not exist.',
  'I need the German text, and only the French one is there.',
  'The file report.pdf is missing; please send it, or tell me which chapters matter.',
  '任务需要一个数据集，但没有提供。',
  'It needs about 20 to 30 hours: the deadline of 12:30 is too close.',
])('words that explain something are quoted: %s', (text) => {
  expect(outboundText(`  ${text}\n`)).toBe(text);
});

test.each([
  [
    "a program's complaint",
    `{"ok": false, "error": "taskflow failed: Command '['/opt/bin/mc', 'alias']' returned"}`,
  ],
  ['a path', 'I cannot write to /root/hiclaw-fs/agents/alice/notes.md'],
  ['a path of Windows', 'I cannot write to C:\\Users\\owner\\notes.md'],
  ['an address', 'fs-local.hiclaw.io:18080 refuses me'],
  ['an address in numbers', 'no answer from 192.168.1.17'],
  ['a link', 'see http://fs-local.hiclaw.io/bucket'],
  ['a traceback', 'Traceback (most recent call last): KeyError'],
  ['a secret by its name', 'with MINIO_SECRET_KEY=hunter2 it says no'],
  ['a header', 'I sent Authorization: Bearer abcdefgh12345'],
  ['a key of the marketplace', 'the key ap_1234567890abcdef is refused'],
  ['a key of GitHub', 'ghp_0123456789abcdefghij is refused'],
  ['a long run of letters and digits', 'it says c3RvcmUta2V5LXN0b3JlLWtleS1zdG9yZS0x'],
  ['nothing', '   '],
  ['a key behind what nobody sees', 'the key ap_12\u200b34567890abcdef is refused'],
  ['a path in fullwidth letters', 'I cannot write to ／root／hiclaw-fs／notes.md'],
  ['an address with a soft hyphen', 'see http:\u00ad//fs-local.hiclaw.io/bucket'],
  ['a path behind U+2028', 'I cannot write to\u2028/root/hiclaw-fs/notes.md'],
])('%s is not', (_what, text) => {
  expect(outboundText(text)).toBeUndefined();
});

test('a long explanation is cut', () => {
  expect(outboundText('word '.repeat(200))).toHaveLength(451);
});

test.each(['A', 'A-', '9', 'CTOKEN', 'at p(x', 'a.', '    x', '"aaaa" '])(
  'a megabyte of %j is gone through at once',
  (piece) => {
    const text = piece.repeat(1_000_000 / piece.length);
    const startedAtMs = performance.now();
    isSafeOutbound(`${text}\n`);
    outboundText(text);
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  },
);
