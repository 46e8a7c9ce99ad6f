import { expect, it } from 'vitest';
import { taskId } from '../test/world.ts';
import { namedDigests } from './named-digests.ts';

const SHA256 = 'ab'.repeat(32);

it.each([
  ['as sha256sum prints it', `${SHA256}  report.pdf`],
  ['of a file that was read as bytes', `${SHA256} *report.pdf`],
  ['as an item', `- ${SHA256}  report.pdf`],
  ['in code marks', `- \`${SHA256}\`  \`report.pdf\``],
  ['with its path', `${SHA256}  shared/tasks/${taskId}/report.pdf`],
  ['with a path of the worker', `${SHA256}  /root/hiclaw-fs/shared/tasks/${taskId}/report.pdf`],
  ['from where it lies', `${SHA256}  ./report.pdf`],
  ['in bold', `- **${SHA256}**  **report.pdf**`],
  ['as sha256sum --tag prints it', `SHA256 (report.pdf) = ${SHA256}`],
  ['as an item of that form', `- SHA256 (./report.pdf) = \`${SHA256}\``],
  ['in a row of a table', `| report.pdf | ${SHA256} |`],
  ['in a row of a table, in code marks', `| \`${SHA256}\` | \`report.pdf\` |`],
  ['in capitals', `${SHA256.toUpperCase()}  report.pdf`],
  ['behind its key', `SHA256: ${SHA256}  report.pdf`],
])('a digest is read %s', (_, line) => {
  const text = `STATUS: SUCCESS\nSHA256:\n${line}\r\n\nThe answer.`;
  expect(namedDigests(taskId, text)).toEqual([{ name: 'report.pdf', sha256: SHA256 }]);
});

it('names may hold blanks, and lie in folders', () => {
  expect(namedDigests(taskId, `${SHA256}  my notes/of may.txt`)).toEqual([
    { name: 'my notes/of may.txt', sha256: SHA256 },
  ]);
});

it.each([
  SHA256,
  `${SHA256}c  report.pdf`,
  `the SHA-256 is ${SHA256}  report.pdf`,
  `${SHA256.slice(1)}  report.pdf`,
  `It is SHA256 (report.pdf) = ${SHA256}`,
  `| ${SHA256} | ${SHA256} |`,
  `| report.pdf | ${SHA256} | 3 |`,
])('what is no line of sha256sum names nothing: %s', (text) => {
  expect(namedDigests(taskId, text)).toEqual([]);
});

it('so many are read at most', () => {
  expect(namedDigests(taskId, `${SHA256}  a\n`.repeat(3_000))).toHaveLength(1_000);
});
