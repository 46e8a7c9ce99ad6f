import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ANOTHER, CLEAR, NONE, SEVERAL } from './fixtures/report-digests.ts';
import { hiringIdSchema, taskIdOf } from '../hiring/ids.ts';
import type { ReportedDigest } from './reported-digest.ts';
import { completionLineWithDigest, readWorkerMessage } from './parse-worker-message.ts';

const ourUserId = '@adapter:matrix-local.hiclaw.io:18080';
const taskOf = (hiringId: string) => taskIdOf(hiringIdSchema.parse(hiringId), 1, '0'.repeat(24));
const taskId = taskOf('550e8400-e29b-41d4-a716-446655440000');
const digestOf = (text: string) => createHash('sha256').update(text).digest();
const bytes = digestOf('the result');
const hex = bytes.toString('hex');
const other = digestOf('a file').toString('hex');

const VALUES: Readonly<Record<string, string>> = {
  us: ourUserId,
  task: taskId,
  other_task: taskOf('11111111-2222-3333-4444-555555555555'),
  hex,
  HEX: hex.toUpperCase(),
  half: hex.slice(0, 32),
  end: hex.slice(32),
  long: hex.slice(0, 60),
  rest: hex.slice(60),
  pairs: hex.match(/../g)?.join(':') ?? '',
  eights: hex.match(/.{8}/g)?.join(' ') ?? '',
  base64: bytes.toString('base64'),
  other,
  third: digestOf('another file').toString('hex'),
};

function read(text: string): ReportedDigest | undefined {
  const filled = text.replaceAll(/\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? '');
  const said = readWorkerMessage(filled, { ourUserId, taskId });
  if (said.kind !== 'completed') throw new Error(`read as ${said.kind}`);
  return said.digest;
}

describe('the SHA-256 of result.md', () => {
  it.each(CLEAR)('is read in %j', (text) => {
    expect(read(text)).toEqual({ sha256s: [hex] });
  });

  it.each(SEVERAL)('is one of several in %j', (text) => {
    expect(new Set(read(text)?.sha256s)).toEqual(new Set([hex, other]));
  });

  it.each(ANOTHER)('is that of another one in %j', (text) => {
    expect(read(text)).toEqual({ sha256s: [other] });
  });

  it.each(NONE)('is not named in %j', (text, unread) => {
    expect(read(text)).toEqual(unread === undefined ? undefined : { sha256s: [], unread });
  });

  it('is read where the line is filled in that is asked for', () => {
    const line = completionLineWithDigest({ ourUserId, taskId })
      .replace('<one-line summary>', 'The toggle works.')
      .replace('<hex of result.md>', hex);
    expect(readWorkerMessage(line, { ourUserId, taskId })).toEqual({
      kind: 'completed',
      summary: 'The toggle works.',
      digest: { sha256s: [hex] },
    });
  });
});
