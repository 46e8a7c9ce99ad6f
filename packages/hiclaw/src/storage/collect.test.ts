import { createHash } from 'node:crypto';
import type { Collected, FolderInspection, UnclearResult } from '@agrenting-hiclaw/core/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orderFor, startWorld, taskId, type World } from '../test/world.ts';
import { createTaskStorage } from '../index.ts';

const folder = `shared/tasks/${taskId}/`;
let world: World;
let problems: number;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  problems = 0;
  await clear();
});

async function clear(): Promise<void> {
  const objects = world.hiclaw.objects(folder);
  // An object cannot be taken away through the adapter's own interface, so a new sandbox takes its place.
  if (objects.length === 0) return;
  await world.close();
  world = await startWorld();
}

const storage = (maxResultBytes?: number) =>
  createTaskStorage({
    store: world.store,
    ourUserId: world.homeserver.userId,
    profile: '1.0',
    maxResultBytes,
  });

async function put(objects: Record<string, string | Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(objects)) {
    const bytes = Buffer.from(content);
    const outcome = await world.store.put(`${folder}${name}`, bytes, { contentType: 'text/plain' });
    if (outcome.kind !== 'stored') problems += 1;
  }
  expect(problems).toBe(0);
}

const meta = (fields: Record<string, unknown>) => JSON.stringify({ task_id: taskId, ...fields });

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('inspect', () => {
  const inspected = async (): Promise<Extract<FolderInspection, { kind: 'folder' }>> => {
    const outcome = await storage().inspect(taskId);
    if (outcome.kind !== 'folder') throw new Error(outcome.problem);
    return outcome;
  };

  it('sees an empty folder', async () => {
    expect(await inspected()).toMatchObject({ metaStatus: undefined, workerObjects: [], hasResult: false });
  });

  it('tells what the worker put there from what we did', async () => {
    await storage().stage(orderFor(world.worker));
    await storage().noteDelegated(taskId, 0);
    await put({ 'base/input.txt': 'ours', 'plan.md': 'plan', 'progress/2026-04-16.md': 'at it' });
    expect(await inspected()).toMatchObject({
      metaStatus: 'assigned',
      workerObjects: ['plan.md', 'progress/2026-04-16.md'],
      hasResult: false,
    });
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['result.md', { 'result.md': 'Done.' }, true],
    ['a marker that says submitted', { 'meta.json': meta({ status: 'submitted' }) }, true],
    ['a marker that says completed', { 'meta.json': meta({ status: 'completed' }) }, true],
    ['a marker that says in_progress', { 'meta.json': meta({ status: 'in_progress' }) }, false],
    ['a marker that is half written', { 'meta.json': '{"status":"subm' }, false],
    ['a file of that name further down', { 'notes/result.md': 'Done.' }, false],
  ])('takes %s for what it is', async (_what, objects, hasResult) => {
    await put(objects);
    expect((await inspected()).hasResult).toBe(hasResult);
  });

  it('changes its digest with every change, and with nothing else', async () => {
    const digests = new Set<string>();
    const next = async (objects: Record<string, string>) => {
      await put(objects);
      const { digest } = await inspected();
      expect((await inspected()).digest).toBe(digest);
      expect(digests).not.toContain(digest);
      digests.add(digest);
    };
    await next({ 'result.md': 'one' });
    await next({ 'result.md': 'two' });
    await next({ 'a.txt': '' });
    await next({ 'meta.json': meta({ status: 'submitted' }) });
    const { digest } = await inspected();
    await put({ 'result.md': 'two' });
    expect((await inspected()).digest).toBe(digest);
  });

  it('jumps over what package tools leave behind', async () => {
    const many: Record<string, string> = { 'a.txt': 'a', 'zz/result.txt': 'z' };
    for (let index = 0; index < 1_500; index += 1) many[`app/node_modules/p${index}/index.js`] = '';
    many['app/src/index.js'] = '';
    many['.git/HEAD'] = '';
    await put(many);
    expect((await inspected()).workerObjects).toEqual(['a.txt', 'app/src/index.js', 'zz/result.txt']);
  });

  it('says that storage does not answer', async () => {
    world.hiclaw.faults.storage.add({ kind: 'error_before_apply', operation: 'ListObjects' });
    expect(await storage().inspect(taskId)).toMatchObject({ kind: 'unavailable' });
  });
});

describe('collect', () => {
  const header = (status: string, rest = '') => `STATUS: ${status}\nSUMMARY: In short.\n${rest}`;
  const result = (
    text: string,
    summary: string,
    files: [string, number][] = [],
    notes: string[] = [],
  ): Collected => ({
    kind: 'result',
    result: { text, summary, files: files.map(([name, sizeBytes]) => ({ name, sizeBytes })), notes },
  });

  it.each<[string, Record<string, string>, Collected]>([
    [
      'a header and an answer',
      { 'result.md': header('SUCCESS', '\nThe whole answer.') },
      result('The whole answer.', 'In short.'),
    ],
    ['a header alone', { 'result.md': header('SUCCESS') }, result('In short.', 'In short.')],
    [
      'a header with notes',
      { 'result.md': header('SUCCESS_WITH_NOTES', 'NOTES:\n- not tested\n') },
      result('In short.\n\nNotes:\n- not tested', 'In short.', [], ['not tested']),
    ],
    ['free text', { 'result.md': '\ufeff# Hello\n\nmoon' }, result('# Hello\n\nmoon', 'Hello')],
    ['an empty file', { 'result.md': '' }, result('', '')],
    [
      'other files',
      {
        'result.md': `STATUS: SUCCESS\nSUMMARY: In short.\nDELIVERABLES:\n- ${folder}workspace/toggle.ts: the toggle\n- extra.txt`,
        'workspace/toggle.ts': '1234',
        'workspace/scratch.txt': 'x',
        'extra.txt': '12',
        'also.txt': '1',
        'plan.md': 'x',
        'progress/2026-04-16.md': 'x',
        'spec.md': 'x',
      },
      result('In short.', 'In short.', [
        ['extra.txt', 2],
        ['workspace/toggle.ts', 4],
        ['also.txt', 1],
      ]),
    ],
    [
      'a folder as deliverable',
      {
        'result.md': header('SUCCESS', `DELIVERABLES:\n- \`${folder}workspace/site/\`\n`),
        'workspace/site/index.html': '1',
      },
      result('In short.', 'In short.', [['workspace/site/index.html', 1]]),
    ],
    [
      'nothing but the marker',
      { 'meta.json': meta({ status: 'submitted', result_status: 'SUCCESS', summary: 'From the marker.' }) },
      result('From the marker.', 'From the marker.'),
    ],
    [
      'an answer elsewhere, named by the marker',
      {
        'meta.json': meta({ status: 'submitted', result_path: `${folder}report.md`, summary: 'Short.' }),
        'report.md': 'The report.',
      },
      result('The report.', 'Short.'),
    ],
  ])('gives as result: %s', async (_what, objects, collected) => {
    await put(objects);
    const { answerSha256, answerSha256OtherEnd, ...rest } = {
      answerSha256: undefined,
      answerSha256OtherEnd: undefined,
      ...(await storage().collect(taskId)),
    };
    expect(rest).toEqual(collected);
    const answers = Object.values(objects).map(sha256Of);
    expect([undefined, ...answers]).toContain(answerSha256);
    expect(answerSha256OtherEnd === undefined).toBe(answerSha256 === undefined);
  });

  it('gives what the answer says of the files, and tells the hirer nothing of it', async () => {
    const sha256 = sha256Of('12');
    await put({
      'result.md': header(
        'SUCCESS',
        `DELIVERABLES:\n- extra.txt\nSHA256:\n${sha256}  extra.txt\n\nThe answer.`,
      ),
      'extra.txt': '12',
    });
    expect(await storage().collect(taskId)).toMatchObject({
      ...result('The answer.', 'In short.', [['extra.txt', 2]]),
      digests: [{ name: 'extra.txt', sha256 }],
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['BLOCKED', { 'result.md': header('BLOCKED') }, 'In short.'],
    ['FAILED', { 'result.md': header('FAILED', '\nThe long story.') }, 'The long story.'],
    ['INTERRUPTED', { 'result.md': header('INTERRUPTED') }, 'In short.'],
    ['BLOCKED in a line of chat', { 'result.md': '@us:x:1 BLOCKED: no access' }, 'no access'],
    ['a failure without words', { 'result.md': 'STATUS: FAILED' }, 'the worker reported "FAILED"'],
    [
      "the marker's BLOCKED, in its own words",
      { 'meta.json': meta({ status: 'submitted', result_status: 'BLOCKED', summary: 'No key.' }) },
      'No key.',
    ],
    [
      "the marker's FAILED over an answer, of which nothing is reported",
      {
        'meta.json': meta({ status: 'submitted', result_status: 'FAILED', result_path: 'report.md' }),
        'report.md': 'The report.',
      },
      'the worker reported "FAILED"',
    ],
  ])('gives as failure: %s', async (_what, objects, text) => {
    await put(objects);
    expect(await storage().collect(taskId)).toMatchObject({
      kind: 'failure',
      failure: { reason: 'other', text },
    });
  });

  it('reads a marker as newer releases write it: deliverables as objects, and keys that are not known', async () => {
    const history = [
      { seq: 1, ts: '2026-09-15T00:00:00Z', from: 'in_progress', to: 'submitted', action: 'submit' },
    ];
    const deliverables = [
      { type: 'file', path: `${folder}report.pdf` },
      { type: 'link', url: 'https://example.org' },
      7,
    ];
    const newer = { history, submission_id: 's-1', completionEventId: '$1', continuation: {}, attention: [] };
    await put({
      'meta.json': meta({
        status: 'submitted',
        result_status: 'SUCCESS_WITH_NOTES',
        result_path: `${folder}answer.md`,
        deliverables,
        ...newer,
      }),
      'answer.md': 'The page names three prices.',
    });
    expect(await storage().collect(taskId)).toMatchObject({
      kind: 'unclear',
      why: { code: 'deliverable_missing', name: 'report.pdf' },
    });
    await put({ 'report.pdf': 'a report' });
    expect(await storage().collect(taskId)).toMatchObject({
      kind: 'result',
      result: { files: [{ name: 'report.pdf' }] },
    });
  });

  it.each([
    ['revision', 'SUCCESS', 'result'],
    ['revision', 'REVISION_NEEDED', 'unclear'],
    ['blocked', 'BLOCKED', 'failure'],
    ['blocked', 'INTERRUPTED', 'failure'],
    ['completed', 'SUCCESS', 'result'],
  ])(
    'takes what was handed in for handed in once a leader says %s, with its status %s',
    async (status, said, kind) => {
      await put({
        'meta.json': meta({ status, result_status: said, summary: 'The page names three prices.' }),
      });
      expect(await storage().inspect(taskId)).toMatchObject({ kind: 'folder', hasResult: true });
      expect(await storage().collect(taskId)).toMatchObject({ kind });
    },
  );

  it.each(['revision', 'blocked', 'cancelled', 'planned'])(
    'takes nothing for handed in that says %s only',
    async (status) => {
      await put({ 'meta.json': meta({ status, summary: 'The page names three prices.' }) });
      expect(await storage().inspect(taskId)).toMatchObject({ kind: 'folder', hasResult: false });
    },
  );

  it.each<[string, Record<string, string | Buffer>, UnclearResult]>([
    ['nothing', {}, { code: 'no_result' }],
    [
      'what is no text',
      { 'result.md': Buffer.from([0xff, 0xfe, 0x00]) },
      { code: 'answer_not_text', name: 'result.md' },
    ],
    [
      'what is too large',
      { 'result.md': 'x'.repeat(3_000) },
      { code: 'answer_too_large', name: 'result.md', maxBytes: 2_000 },
    ],
    [
      'an answer outside the folder',
      { 'meta.json': meta({ status: 'in_progress', result_path: 'shared/tasks/other/../../x' }) },
      { code: 'named_result_missing' },
    ],
  ])('leaves to a person: %s', async (_what, objects, why) => {
    await put(objects);
    const collected = await storage(2_000).collect(taskId);
    expect(collected).toEqual({ kind: 'unclear', why });
  });

  it.each<[string, Record<string, string>, UnclearResult]>([
    [
      'REVISION_NEEDED',
      { 'result.md': header('REVISION_NEEDED') },
      { code: 'needs_revision', summary: 'In short.' },
    ],
    ['PARTIAL', { 'result.md': header('PARTIAL') }, { code: 'partial', summary: 'In short.' }],
    [
      'a status nobody knows',
      { 'result.md': header('SUCCESS or BLOCKED') },
      { code: 'unknown_status', status: 'SUCCESS or BLOCKED' },
    ],
    [
      'more files than one result may have',
      {
        'result.md': header('SUCCESS'),
        ...Object.fromEntries(Array.from({ length: 502 }, (_, index) => [`part-${index}.txt`, ''])),
      },
      { code: 'too_many_files', leftOut: 2, maxFiles: 500 },
    ],
    [
      'a deliverable that was not pushed',
      { 'result.md': header('SUCCESS', `DELIVERABLES:\n- ${folder}report.pdf\n`) },
      { code: 'deliverable_missing', name: 'report.pdf' },
    ],
  ])('leaves to a person, with what a yes would settle: %s', async (_what, objects, why) => {
    await put(objects);
    expect(await storage(2_000).collect(taskId)).toMatchObject({
      kind: 'unclear',
      why,
      result: { text: 'In short.' },
    });
  });

  const LISTED = {
    bare: 'report.pdf',
    'in quotes': '`report.pdf`',
    'as a link': '[the report](report.pdf)',
    dotted: './report.pdf',
    'with its size': 'report.pdf (120 KB)',
    'with what it is': 'report.pdf — the report',
    'in bold letters': '**report.pdf**: the report',
    'by a path of the worker': '/root/hiclaw-fs/agents/alice/report.pdf',
    'in a folder': 'out/report.pdf',
  };
  it.each(Object.entries(LISTED))('says which file is listed and not there: %s', async (_, item) => {
    const header = `STATUS: SUCCESS\nSUMMARY: The report on frogs is written.\nDELIVERABLES:\n- ${item}\n`;
    await put({ 'result.md': header });
    expect(await storage().collect(taskId)).toMatchObject({ kind: 'result', missing: ['report.pdf'] });
    await put({ 'report.pdf': 'frogs' });
    expect(await storage().collect(taskId)).toMatchObject({ kind: 'result', missing: undefined });
  });

  it.each([
    'https://example.com/report.pdf',
    'example.com, redesigned',
    'Node.js module with tests',
    'Chapters 1.2 to 3.4',
    'v1.2',
    'a list of frogs, e.g. tree frogs',
    'result.md',
  ])('takes what is listed, and is no file, for none: %s', async (item) => {
    await put({ 'result.md': `STATUS: SUCCESS\nSUMMARY: Done.\nDELIVERABLES:\n- ${item}\n\nThe answer.\n` });
    expect(await storage().collect(taskId)).toMatchObject({ kind: 'result', missing: undefined });
  });

  it.each([
    ['BLOCKED: no access', 'bare_word'],
    ['I tried.\n\nSTATUS: FAILED', 'status_below'],
    ['I could not read the page.', 'says_failed'],
  ])('leaves to a person, with what a yes would settle, what may be no answer: %j', async (text, doubt) => {
    await put({ 'result.md': text });
    expect(await storage().collect(taskId)).toMatchObject({
      kind: 'unclear',
      why: { code: 'doubtful_answer', doubt },
      result: { text },
    });
  });

  it.each([
    ['in a line of chat', '@us:x:1 QUESTION: light or dark?'],
    ['with a header', 'STATUS: QUESTION\nSUMMARY: light or dark?'],
  ])('gives as question: %s', async (_what, text) => {
    await put({ 'result.md': text });
    expect(await storage().collect(taskId)).toMatchObject({ kind: 'question', what: 'light or dark?' });
  });

  it.each([
    ['FAILED', 'unclear'],
    ['BLOCKED', 'unclear'],
    ['QUESTION', 'unclear'],
    ['PARTIAL', 'unclear'],
    ['no such status', 'unclear'],
    ['SUCCESS', 'result'],
    [undefined, 'result'],
  ])('takes nothing of a marker that says %s beside a result.md: it is %s', async (status, kind) => {
    await put({
      'meta.json': meta({
        status: 'submitted',
        result_status: status,
        summary: 'Words of another.',
        deliverables: ['progress/', 'workspace', 'plan.md'],
      }),
      'result.md': 'The answer.',
      'progress/2026-04-16.md': 'x',
      'workspace/scratch.txt': 'x',
      'plan.md': 'x',
    });
    expect(await storage().collect(taskId)).toMatchObject({
      kind,
      result: { text: 'The answer.', summary: 'The answer.', files: [] },
    });
  });

  it.each([
    ['SUCCESS', 'result'],
    ['PARTIAL', 'unclear'],
    ['FAILED', 'failure'],
    ['QUESTION', 'question'],
  ])('names the SHA-256 of the answer as it lies there, when it says %s', async (status, kind) => {
    const text = header(status);
    await put({ 'result.md': text });
    const answerSha256 = sha256Of(text);
    expect(await storage().collect(taskId)).toMatchObject({ kind, answerSha256 });
  });

  it.each([
    ['The answer.', 'The answer.\n'],
    ['The answer.\n', 'The answer.'],
    ['The answer.\n\n', 'The answer.\n'],
  ])('names the SHA-256 of %j with its other end, too', async (text, otherEnd) => {
    await put({ 'result.md': text });
    const sha256s = { answerSha256: sha256Of(text), answerSha256OtherEnd: sha256Of(otherEnd) };
    expect(await storage().collect(taskId)).toMatchObject(sha256s);
  });

  it('gives the reason of a failure that the worker names', async () => {
    await put({ 'result.md': header('FAILED', 'REASON: capability_mismatch\n') });
    expect(await storage().collect(taskId)).toMatchObject({
      kind: 'failure',
      failure: { reason: 'capability_mismatch', text: 'In short.' },
    });
  });

  it.each(['ListObjects', 'GetObject'])('says that storage fails at %s', async (on) => {
    await put({ 'result.md': 'Done.' });
    world.hiclaw.faults.storage.add({ kind: 'connection_lost_before_apply', operation: on, times: 9 });
    expect(await storage().collect(taskId)).toMatchObject({ kind: 'unavailable' });
    world.hiclaw.faults.storage.clear();
  });
});
