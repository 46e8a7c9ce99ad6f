import { describe, expect, it } from 'vitest';
import { hiringIdSchema, taskIdOf } from '../hiring/ids.ts';
import {
  APPROVAL_MENTIONS,
  APPROVAL_QUESTIONS,
  DOUBTFUL_ERRORS,
  ERROR_MENTIONS,
  MENTIONS,
  MODEL_ERRORS,
  NO_QUESTIONS,
  NOTHINGS,
  REAL_WORDS,
  SHORT_QUESTIONS,
  SHORT_REASONS,
  STATEMENTS,
  TAKEN_BACK,
  VAGUE_WORDS,
} from './fixtures/worker-lines.ts';
import { MARKERS, type Marker } from './marker.ts';
import {
  blockedLine,
  completionLine,
  completionLineWithDigest,
  progressLine,
  questionLine,
  readWorkerMessage,
  type WorkerStatement,
} from './parse-worker-message.ts';

const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
const otherHiringId = hiringIdSchema.parse('11111111-2222-3333-4444-555555555555');
const taskId = taskIdOf(hiringId, 1, '0'.repeat(24));
const OTHER_NONCE = '3f9c1d77a0be42586e1b9d04';
const ourUserId = '@adapter:matrix-local.hiclaw.io:18080';
const read = (text: string) => readWorkerMessage(text, { ourUserId, taskId });
const readInOwnRoom = (text: string) => readWorkerMessage(text, { ourUserId, taskId, hasOwnRoom: true });

describe('the lines that a worker is asked for', () => {
  it('are pinned', () => {
    expect(completionLine({ ourUserId, taskId })).toBe(
      '@adapter:matrix-local.hiclaw.io:18080 TASK_COMPLETED: agrenting-550e8400-e29b-41d4-a716-446655440000-a1-000000000000000000000000 - <one-line summary>',
    );
    expect(blockedLine({ ourUserId, taskId })).toBe(
      '@adapter:matrix-local.hiclaw.io:18080 BLOCKED: agrenting-550e8400-e29b-41d4-a716-446655440000-a1-000000000000000000000000 - <what is missing>',
    );
  });

  it('are no statement while they hold our placeholder', () => {
    expect(read(`I will report with ${completionLine({ ourUserId, taskId })}`)).toEqual({ kind: 'other' });
    expect(read(blockedLine({ ourUserId, taskId }))).toEqual({ kind: 'other' });
  });

  it('are understood when filled in', () => {
    const filled = completionLine({ ourUserId, taskId }).replace('<one-line summary>', 'The toggle works.');
    expect(read(filled)).toEqual({ kind: 'completed', summary: 'The toggle works.' });
  });
});

describe('readWorkerMessage', () => {
  it.each([
    [`${ourUserId} TASK_COMPLETED: wrote the report`, 'wrote the report'],
    [
      `Done!\n\n${ourUserId} TASK_COMPLETED: ${taskId} - all good. Result: x/result.md`,
      'all good. Result: x/result.md',
    ],
    [`TASK_COMPLETED: ${hiringId} - done`, `${hiringId} - done`],
    [`${ourUserId} TASK_COMPLETED`, ''],
    [`TASK_COMPLETED: ${taskId}\n\nThe report is ready.`, 'The report is ready.'],
    [
      `${ourUserId} TASK_COMPLETED: compared with order ${otherHiringId}`,
      `compared with order ${otherHiringId}`,
    ],
    [
      `TASK_COMPLETED: agrenting-${otherHiringId}-a1-000000000000000000000000 - theirs\nTASK_COMPLETED: ${taskId} - ours`,
      'ours',
    ],
  ])('takes %j as completed', (text, summary) => {
    expect(read(text)).toEqual({ kind: 'completed', summary });
  });

  it.each([
    ['another task', `TASK_COMPLETED: ${taskIdOf(otherHiringId, 1, OTHER_NONCE)} - done`],
    ['another attempt of the hiring', `TASK_COMPLETED: ${taskIdOf(hiringId, 2, OTHER_NONCE)} - done`],
    [
      'an attempt whose number begins like ours',
      `TASK_COMPLETED: ${taskIdOf(hiringId, 11, OTHER_NONCE)} - done`,
    ],
    ["the Manager's task", 'TASK_COMPLETED: task-20260101-120000 - done'],
  ])('takes word of %s as no activity for our task', (_what, text) => {
    expect(read(text)).toEqual({ kind: 'other_task' });
  });

  it.each([
    ['another hiring', `TASK_COMPLETED: ${otherHiringId} - done`],
    ['progress', 'Received. Working on it.'],
    ['silence', 'NO_REPLY'],
    ['nothing', ''],
  ])('takes %s as nothing in particular', (_what, text) => {
    expect(read(text)).toEqual({ kind: 'other' });
  });

  it('tells who is stuck from who asks', () => {
    expect(read(`${ourUserId} BLOCKED: ${taskId} - no access to the repository`)).toEqual({
      kind: 'blocked',
      why: 'no access to the repository',
    });
    expect(read(`${ourUserId} QUESTION: light or dark?`)).toEqual({
      kind: 'question',
      what: 'light or dark?',
    });
  });

  it('lets the most final statement of a text count', () => {
    expect(read(`${ourUserId} BLOCKED: at first, then solved.\n${ourUserId} TASK_COMPLETED: solved`)).toEqual(
      {
        kind: 'completed',
        summary: 'solved',
      },
    );
  });

  it('takes who asks and is blocked for one who asks', () => {
    const question = `${ourUserId} QUESTION: ${taskId} - which sea?`;
    const blocked = `${ourUserId} BLOCKED: ${taskId} - I wait for the answer`;
    const asks = { kind: 'question', what: 'which sea?' };
    expect([read(`${question}\n${blocked}`), read(`${blocked}\n${question}`)]).toEqual([asks, asks]);
    expect(read(`${blocked}\n${ourUserId} QUESTION: ${taskId} - none`)).toMatchObject({ kind: 'blocked' });
  });

  it('keeps a question of the guard whole, however long', () => {
    const text = `Waiting for approval\n${'x'.repeat(60_000)}; rm -rf /`;
    expect(read(text)).toEqual({ kind: 'approval_question', text });
  });

  it.each(['\n', '\r', '\r\n', '\u2028', '\u2029', '\u0085'])('ends a line at %j', (end) => {
    expect(read(`first${end}> BLOCKED: quoted${end}${ourUserId} PROGRESS: half is done`)).toEqual({
      kind: 'progress',
      what: 'half is done',
    });
    expect(read(`${ourUserId} BLOCKED: no access${end}${ourUserId} TASK_COMPLETED`)).toMatchObject({
      kind: 'completed',
    });
  });

  it('keeps what is said short', () => {
    const said = read(`${ourUserId} TASK_COMPLETED: ${'x'.repeat(5000)}`);
    expect(said.kind === 'completed' && said.summary.length).toBe(500);
  });
});

const KINDS: Readonly<Record<Marker, WorkerStatement['kind']>> = {
  TASK_COMPLETED: 'completed',
  BLOCKED: 'blocked',
  QUESTION: 'question',
  PROGRESS: 'progress',
};

/** A text of the fixtures about the attempt of these tests. */
function filled(text: string, marker: Marker, words = ''): string {
  const values = {
    us: ourUserId,
    task: taskId,
    hiring: hiringId,
    other: taskIdOf(otherHiringId, 1, OTHER_NONCE),
    MARKER: marker,
    marker: marker.toLowerCase(),
    words,
  };
  return Object.entries(values).reduce(
    (filling, [name, value]) => filling.replaceAll(`{${name}}`, value),
    text,
  );
}

const wordsOf = (said: WorkerStatement): string | undefined => {
  switch (said.kind) {
    case 'completed':
    case 'completed_in_doubt':
      return said.summary;
    case 'blocked':
      return said.why;
    case 'question':
    case 'progress':
      return said.what;
    case 'approval_question':
    case 'error':
    case 'other':
    case 'other_task':
      return undefined;
  }
};

describe.for(MARKERS)('the marker %s', (marker) => {
  it.for(STATEMENTS)('counts in the line %j', (text) => {
    const said = read(filled(text, marker, 'the words of the worker'));
    expect(said.kind).toBe(KINDS[marker]);
    expect(wordsOf(said)).toContain('the words of the worker');
  });

  it.for(MENTIONS)('is only mentioned in %j', (text) => {
    expect(['other', 'other_task']).toContain(read(filled(text, marker, 'x')).kind);
  });

  it.for(REAL_WORDS[marker])('takes %j for words', (words) => {
    const said = read(filled('{us} {MARKER}: {task} - {words}', marker, words));
    expect(said.kind).toBe(KINDS[marker]);
    expect(wordsOf(said)).toContain(words);
  });

  it('counts in no beginning of the line that is asked for, before all of what makes it one is there', () => {
    const line = filled('{us} {MARKER}: {task} - the words', marker);
    const bare = `${ourUserId} ${marker}`.length;
    for (let length = 0; length < bare; length += 1)
      expect(read(line.slice(0, length))).toEqual({ kind: 'other' });
  });
});

describe('an id with a slip in it', () => {
  const slip = taskId.replace('550e8400', '550e8401');

  it('is the attempt in its own room, whatever is said of it', () => {
    for (const marker of MARKERS) {
      const said = readInOwnRoom(`${ourUserId} ${marker}: ${slip} - the words of the worker`);
      expect([said.kind, wordsOf(said)]).toEqual([KINDS[marker], 'the words of the worker']);
      expect(said).not.toHaveProperty('isVague');
    }
    expect(readInOwnRoom(`- TASK_COMPLETED ${slip}\nTASK_COMPLETED: ${slip} - done`)).toEqual({
      kind: 'completed',
      summary: 'done',
    });
    expect(readInOwnRoom(`- ${ourUserId} task_completed: ${slip} - done`)).toEqual({
      kind: 'completed',
      summary: 'done',
    });
  });

  it('is in doubt in a room that hirings share', () => {
    const said = (marker: Marker) => read(`${ourUserId} ${marker}: ${slip} - no key for the page`);
    expect(said('TASK_COMPLETED')).toEqual({ kind: 'completed_in_doubt', summary: 'no key for the page' });
    expect(said('BLOCKED')).toEqual({ kind: 'blocked', why: 'no key for the page', isVague: true });
    expect(said('QUESTION')).toEqual({ kind: 'question', what: 'no key for the page', isVague: true });
    expect(said('PROGRESS')).toEqual({ kind: 'other' });
  });

  it('comes behind a line with the right one', () => {
    const right = `${ourUserId} PROGRESS: ${taskId} - half`;
    expect(read(`${right}\n${ourUserId} PROGRESS: ${slip} - half`)).toMatchObject({ kind: 'progress' });
    const done = `${ourUserId} TASK_COMPLETED: ${taskId} - all of it`;
    expect(read(`${ourUserId} TASK_COMPLETED: ${slip} - half\n${done}`)).toEqual({
      kind: 'completed',
      summary: 'all of it',
    });
  });

  it('is no activity for another task in ordinary words', () => {
    expect(read(`I work on ${slip} now.`)).toEqual({ kind: 'other' });
  });
});

it.for(TAKEN_BACK)('takes BLOCKED with the words %j for none', (words) => {
  expect(read(filled('{us} {MARKER}: {task} - {words}', 'BLOCKED', words))).toEqual({ kind: 'other' });
});

it.for(NO_QUESTIONS)('takes QUESTION with the words %j for none', (words) => {
  expect(read(filled('{us} {MARKER}: {task} - {words}', 'QUESTION', words))).toEqual({ kind: 'other' });
});

describe.each(['BLOCKED', 'QUESTION'] as const)('short words behind %s', (marker) => {
  const said = (words: string) => read(filled('{us} {MARKER}: {task} - {words}', marker, words));

  it.for(NOTHINGS)('say nothing: %j', (words) => {
    expect(said(words)).toEqual({ kind: 'other' });
  });

  it.for(VAGUE_WORDS)('may say nothing: %j', (words) => {
    expect(said(words)).toMatchObject({ kind: KINDS[marker], isVague: true });
  });

  it.for(marker === 'BLOCKED' ? SHORT_REASONS : SHORT_QUESTIONS)('are clear: %j', (words) => {
    expect(said(words)).toMatchObject({ kind: KINDS[marker] });
    expect(said(words)).not.toHaveProperty('isVague');
  });
});

it('takes clear words before those that may say nothing, and a report of progress before these', () => {
  const vague = filled('{us} BLOCKED: {task} - mambo poa', 'BLOCKED');
  const clear = filled('{us} BLOCKED: {task} - no key', 'BLOCKED');
  expect(read(`${vague}\n${clear}`)).toEqual({ kind: 'blocked', why: 'no key' });
  const progress = filled('{us} PROGRESS: {task} - half', 'PROGRESS');
  expect(read(`${vague}\n${progress}`)).toEqual({ kind: 'progress', what: 'half' });
  expect(read(`${progress}\n${vague}\nof it`)).toEqual({ kind: 'progress', what: 'half\nof it' });
  expect(read(`${progress}\n${clear}`)).toEqual({ kind: 'blocked', why: 'no key' });
});

it('takes none of the lines that we ask for as a statement, as long as nobody filled them in', () => {
  const attempt = { ourUserId, taskId };
  for (const line of [completionLine, completionLineWithDigest, blockedLine, questionLine, progressLine]) {
    expect(read(line(attempt))).toEqual({ kind: 'other' });
  }
});

describe('a guard', () => {
  it.for(APPROVAL_QUESTIONS)('asks with %j', (text) => {
    const asked = filled(text, 'PROGRESS');
    expect(read(asked)).toEqual({ kind: 'approval_question', text: asked });
  });

  it.for(APPROVAL_MENTIONS)('does not ask with %j', (text) => {
    expect(read(text)).toEqual({ kind: 'other' });
  });
});

describe('a model', () => {
  it.for(MODEL_ERRORS)('has failed with %j', (text) => {
    expect(read(text)).toEqual({ kind: 'error', what: text });
  });

  it.for(DOUBTFUL_ERRORS)('may have failed with %j', (text) => {
    expect(read(text)).toEqual({ kind: 'error', what: text, isVague: true });
  });

  it.for(ERROR_MENTIONS)('has not failed with %j', (text) => {
    expect(read(text)).toEqual({ kind: 'other' });
  });
});
