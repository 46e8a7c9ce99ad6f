import { describe, expect, it } from 'vitest';
import { ANSWERS, CHAT_LINES, DOUBTFUL, HEADERS, WHOLE_FILES } from './fixtures/result-forms.ts';
import { FAILED_RESULTS, LONE_STATUSES } from './fixtures/failed-results.ts';
import { GOOD_RESULTS } from './fixtures/good-results.ts';
import { OTHER_STATUSES, OWN_FAILURES, TEXTS_WITH_STATUS } from './fixtures/other-statuses.ts';
import { DONE_STATUSES, UNCLEAR_STATUSES } from './fixtures/statuses.ts';
import { readResultText, statusOf } from './result-text.ts';

/** Forms that samples have. */
const SAMPLE = /fence|table|front matter|JSON/;

const nothing = { status: undefined, statusText: undefined, summary: undefined, deliverables: [], notes: [] };

describe('readResultText', () => {
  it('reads the lines that taskflow writes', () => {
    const text =
      'STATUS: SUCCESS_WITH_NOTES\nSUMMARY: Added the toggle.\nDELIVERABLES:\n- shared/tasks/x/a.md\n- shared/tasks/x/b.md\nNOTES:\n- not tested on Safari\n';
    expect(readResultText(text)).toEqual({
      status: 'done',
      statusText: 'SUCCESS_WITH_NOTES',
      summary: 'Added the toggle.',
      deliverables: ['shared/tasks/x/a.md', 'shared/tasks/x/b.md'],
      notes: ['not tested on Safari'],
      body: '',
    });
  });

  it('reads over the digests of files, which are no part of the answer', () => {
    const sum = 'ab'.repeat(32);
    const text = `STATUS: SUCCESS\nSUMMARY: Fine.\nDELIVERABLES:\n- a.md\nSHA256:\n${sum}  a.md\n- ${sum}  b.md\n\nThe answer.`;
    expect(readResultText(text)).toMatchObject({ deliverables: ['a.md'], body: 'The answer.' });
  });

  it('takes what follows the header as the answer, lists and all', () => {
    const text =
      'STATUS: SUCCESS\nSUMMARY: Three ideas.\nDELIVERABLES:\n- a.md\n\n- first idea\n- second idea\n\nSTATUS: quo ante';
    expect(readResultText(text)).toMatchObject({
      deliverables: ['a.md'],
      body: '- first idea\n- second idea\n\nSTATUS: quo ante',
    });
  });

  it.each([
    ['bold', '**STATUS:** SUCCESS\n**SUMMARY:** Fine.\n\nThe answer.'],
    ['bold throughout', '**STATUS: SUCCESS**\n**SUMMARY: Fine.**\n\nThe answer.'],
    ['a list', '- STATUS: SUCCESS\n- SUMMARY: Fine.\n\nThe answer.'],
    ['small letters', 'Status: success\nSummary: Fine.\n\nThe answer.'],
    [
      'a byte order mark and foreign line ends',
      '\ufeffSTATUS: SUCCESS\r\nSUMMARY: Fine.\r\n\r\nThe answer.\r\n',
    ],
    ['empty lines', '\n\nSTATUS: SUCCESS\n\nSUMMARY: Fine.\n\n\nThe answer.\n'],
  ])('understands a header in %s', (_what, text) => {
    expect(readResultText(text)).toEqual({
      status: 'done',
      statusText: expect.stringMatching(/^success$/i),
      summary: 'Fine.',
      deliverables: [],
      notes: [],
      body: 'The answer.',
    });
  });

  it('keeps a heading above the header with the answer', () => {
    expect(readResultText('# Result\n\nSTATUS: SUCCESS\n\nThe answer.').body).toBe('# Result\n\nThe answer.');
  });

  it.each([
    ['free text', '# The moon\n\nHello, moon.', '# The moon\n\nHello, moon.'],
    ['a table of its own', 'SUMMARY: all good', 'SUMMARY: all good'],
    ['nothing', '', ''],
    ['blank lines', ' \n\t\n', ''],
  ])('takes %s as it is', (_what, text, body) => {
    expect(readResultText(text)).toEqual({ ...nothing, body });
  });

  const filled = (text: string, status: string) =>
    text.replaceAll('{STATUS}', status).replaceAll('{SUMMARY}', 'No access to the page.');
  const summary = expect.stringMatching(/^No access to the page\.?$/);

  describe.for(Object.entries({ ...HEADERS, ...WHOLE_FILES }))('a header as %s', ([form, text]) => {
    it.for<[string, string]>([
      ['SUCCESS', 'done'],
      ['BLOCKED', 'failed'],
      ['FAILED', 'failed'],
      ['PARTIAL', 'partial'],
      ['QUESTION', 'question'],
      ['whatever', 'unknown'],
    ])('that says %s is read as %s', ([said, status]) => {
      const read = readResultText(filled(text, said));
      // A heading whose text is no status may be a chapter of the answer.
      const isChapter = said === 'whatever' && form.startsWith('sections');
      // A sample that was ordered looks the same: nobody is refunded for it.
      const isSample = SAMPLE.test(form) && !['SUCCESS', 'whatever'].includes(said);
      const expected = isChapter || isSample ? undefined : status;
      const saysMore = form !== 'the status alone' && expected !== undefined;
      // Without a header, what the summary says is all there is.
      const doubt = isSample ? 'other_status' : isChapter ? 'may_refuse' : undefined;
      expect([read.status, read.doubt]).toEqual([expected, doubt]);
      expect(read.summary).toEqual(saysMore ? summary : undefined);
    });
  });

  // Whatever is in a fence without an end is in it.
  it.for(Object.entries(HEADERS).filter(([form]) => form !== 'a fence that is not closed'))(
    'leaves the answer below a header as %s',
    ([, text]) => {
      const { body } = readResultText(`${filled(text, 'SUCCESS')}\nThe answer.\n\n- one\n- two\n`);
      expect(body).toMatch(/The answer\.\n\n- one\n- two$/);
      expect(body).not.toContain('SUCCESS');
    },
  );

  it.for(CHAT_LINES)('takes the line of chat %j for what it says', (text) => {
    expect(readResultText(text)).toMatchObject({
      status: 'failed',
      summary: expect.stringContaining('no access'),
    });
    expect(readResultText(text.replaceAll(/BLOCKED|FAILED/g, 'QUESTION')).status).toBe('question');
  });

  it.for(Object.entries(DOUBTFUL))('is in doubt about %s', ([, text]) => {
    const { status, doubt, body } = readResultText(text);
    expect(status).toBeUndefined();
    expect(doubt).not.toBeUndefined();
    expect(body).toBe(text.trim());
  });

  it.for(Object.entries(ANSWERS))('takes %s for an answer', ([, text]) => {
    const { status, doubt, body } = readResultText(text);
    expect([status, doubt, body]).toEqual([undefined, undefined, text.trim()]);
  });

  it.for(Object.entries(FAILED_RESULTS))('takes no failure for an answer: %s', ([, text]) => {
    const { status, doubt } = readResultText(text);
    expect(doubt ?? status ?? 'done').not.toBe('done');
  });

  it.for(Object.entries(LONE_STATUSES))('does not guess whose status it is: %s', ([, text]) => {
    expect(readResultText(text)).toMatchObject({
      status: undefined,
      doubt: 'lone_status',
      body: text.trim(),
    });
  });

  it.for(Object.entries(OTHER_STATUSES))('refunds nobody for a status of something else: %s', ([, text]) => {
    const read = readResultText(text);
    expect(read).toMatchObject({ status: undefined, body: text.trim() });
    expect(read.doubt).toBeDefined();
  });

  it.for(Object.entries(TEXTS_WITH_STATUS))('leaves a status of its own in the text: %s', ([, text]) => {
    expect(readResultText(text)).toMatchObject({ status: undefined, doubt: undefined, body: text.trim() });
  });

  it.for(Object.entries(OWN_FAILURES))('still takes a failure for a failure: %s', ([, text]) => {
    expect(readResultText(text)).toMatchObject({ status: 'failed' });
  });

  it('looks for the files that are named beside a status of something else', () => {
    const text = '---\ntitle: Report\nstatus: done\ndeliverables:\n  - a.md\n---\n\nThe text.';
    expect(readResultText(text)).toMatchObject({ status: undefined, body: text, deliverables: ['a.md'] });
  });

  it.for([
    ['a header', 'STATUS: FAILED\nSUMMARY: no access\n\n'],
    ['a title and a header', '# Result\n\nSTATUS: FAILED\nSUMMARY: no access\n\n'],
    ['a line of chat', '@adapter:x:18080 BLOCKED: '],
  ])('refunds nobody for a failure with much text below: %s', ([, beginning = '']) => {
    const failure = (length: number) => `${beginning}${'x'.repeat(length)}`;
    expect(readResultText(failure(400)).status).toBe('failed');
    const { status, doubt, body } = readResultText(failure(401));
    expect([status, doubt, body]).toEqual([undefined, 'long_failure', failure(401)]);
  });

  it('takes a lone status below a title for its own where it says little more', () => {
    const read = readResultText('# Translation\n\nSTATUS: BLOCKED\n\nThe page cannot be reached.');
    expect([read.status, read.doubt]).toEqual(['failed', undefined]);
  });

  it.for(Object.entries(GOOD_RESULTS))('holds no usual answer: %s', ([, text]) => {
    const { status, doubt } = readResultText(text);
    expect([status ?? 'done', doubt]).toEqual(['done', undefined]);
  });

  it.for(DONE_STATUSES)('takes the status %j for a success', (status) => {
    expect(readResultText(`STATUS: ${status}\nSUMMARY: a haiku\n\nGrey waves fold and fall`)).toMatchObject({
      status: 'done',
      summary: 'a haiku',
      body: 'Grey waves fold and fall',
    });
  });

  it.for(UNCLEAR_STATUSES)('does not guess what the status %j says', (status) => {
    expect(readResultText(`STATUS: ${status}\nSUMMARY: a haiku\n\nGrey waves`).status).toBe('unknown');
  });

  it.for<[string, string, string | undefined]>([
    ['STATUS: BLOCKED - no access', 'failed', 'no access'],
    ['STATUS: Failed: no access\nNOTES: none', 'failed', 'no access'],
    ['STATUS: BLOCKED (no access)', 'failed', 'no access'],
    ['STATUS: BLOCKED: none', 'unknown', undefined],
    ['STATUS: SUCCESS - but the upload failed', 'unknown', undefined],
    ['STATUS: SUCCESS | BLOCKED | FAILED', 'unknown', undefined],
    ['STATUS: not blocked', 'unknown', undefined],
    ['STATUS: 失败', 'failed', undefined],
  ])('reads %j with what stands behind the word', ([text, status, said]) => {
    expect(readResultText(text)).toMatchObject({ status, summary: said });
  });

  it.each([
    ['a line separator', 'STATUS: FAILED\u2028I have no access.'],
    ['a paragraph separator', 'STATUS: FAILED\u2029I have no access.'],
    ['a next line', 'STATUS: FAILED\u0085I have no access.'],
    ['a reason without end', `BLOCKED: ${'I have no access. '.repeat(1_000)}`],
    ['a line separator in the words of the chat', 'BLOCKED: I have no access.\u2028None.'],
    ['a carriage return', 'STATUS: FAILED\rI have no access.'],
  ])('takes no failure with %s for an answer', (_, text) => {
    const { status, doubt } = readResultText(text);
    expect(status ?? doubt).not.toBe(undefined);
    expect(status).not.toBe('done');
  });

  it('takes a status with thousands of characters behind it for a status', () => {
    expect(readResultText(`STATUS: FAILED\nSUMMARY: ${'x'.repeat(10_000)}`).status).toBe('failed');
    expect(readResultText(`STATUS: FAILED because ${'x'.repeat(10_000)}`).status).toBe('unknown');
  });

  it('is never slow, whatever the text', () => {
    const spaces = ' '.repeat(1_000_000);
    const before = performance.now();
    for (const text of [`STATUS: ${spaces}x`, `${spaces}x`, `STATUS: SUCCESS\nDELIVERABLES:\n- ${spaces}x`]) {
      readResultText(text);
    }
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});

describe('statusOf', () => {
  it.each([
    ['SUCCESS', 'done'],
    ['Success with notes', 'done'],
    ['completed', 'done'],
    ['BLOCKED', 'failed'],
    ['FAILED', 'failed'],
    ['INTERRUPTED', 'failed'],
    ['REVISION_NEEDED', 'revision'],
    ['revision-needed', 'revision'],
    ['PARTIAL', 'partial'],
    ['SUCCESS | BLOCKED', 'unknown'],
    ['', 'unknown'],
  ])('takes %j as %s', (word, status) => {
    expect(statusOf(word)).toBe(status);
  });
});
