import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  agentIdSchema,
  type Hiring,
  type HiringId,
  type FindRequest,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AGENT,
  deliveryOf,
  hiringOf,
  newHiringId,
  openingOf,
  openTestStore,
  OTHER_AGENT,
  progressOf,
  take,
  taskOf,
  temporaryDirectory,
} from '../../../test/fixtures.ts';

let store: Store;
let clock: { nowMs: number };
let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
  ({ store, clock } = openTestStore(file));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

async function ingest(description: string, atMs = 1_000, more: Partial<Hiring> = {}): Promise<HiringId> {
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId, { atMs }, { description, ...more })]);
  return hiringId;
}

/** The same, and the read of it opened its attempt: from then on its words are found. */
async function confirm(description: string, dueAtMs = 9_000_000): Promise<HiringId> {
  const hiringId = await ingest(description);
  const open = {
    number: 1,
    taskId: taskOf(hiringId, 1),
    marker: {},
    hiring: hiringOf(hiringId, { description }),
  };
  await take(store.hirings, hiringId, { ...openingOf(hiringId, 1, dueAtMs), open }, 1_000);
  return hiringId;
}

async function ids(request: Partial<FindRequest> = {}): Promise<readonly HiringId[]> {
  const { hirings } = await store.find({ limit: 50, ...request });
  return hirings.map(({ record }) => record.hiringId);
}

describe('the list of hirings', () => {
  test('goes on where a page ended, the newest first, also between those of one moment', async () => {
    const received: HiringId[] = [];
    for (let index = 0; index < 7; index += 1) received.push(await ingest('a task', 1_000 + (index % 3)));
    const pages: HiringId[] = [];
    for (let after: FindRequest['after'], first = true; first || after !== undefined; first = false) {
      const page = await store.find({ limit: 2, after });
      pages.push(...page.hirings.map(({ record }) => record.hiringId));
      after = page.next;
    }
    expect(new Set(pages)).toEqual(new Set(received));
    expect(pages).toHaveLength(7);
  });

  test('is narrowed by state, agent and worker', async () => {
    const open = await ingest('one', 1_000);
    const other = newHiringId();
    await store.hirings.accept([deliveryOf(other, { agentId: OTHER_AGENT })]);
    await take(store.hirings, open, openingOf(open, 1, 9_000_000), 1_000);
    expect(await ids({ state: 'confirmed' })).toEqual([open]);
    expect(await ids({ agentId: OTHER_AGENT })).toEqual([other]);
    expect(await ids({ worker: 'alice' })).toEqual([open]);
    expect(await ids({ worker: 'alice', state: 'received' })).toEqual([]);
    expect(await ids({ agentId: AGENT, state: 'confirmed', worker: 'alice' })).toEqual([open]);
  });

  test('knows the worker that a hiring was given to later', async () => {
    const id = await ingest('one');
    const opening = openingOf(id, 1, 1_000);
    await take(store.hirings, id, { ...opening, progress: progressOf({ worker: undefined }) }, 1_000);
    expect(await ids({ worker: 'alice' })).toEqual([]);
    await take(
      store.hirings,
      id,
      { event: 'staged', cause: 'x', dueAtMs: 1_000, progress: progressOf() },
      1_000,
    );
    expect(await ids({ worker: 'alice' })).toEqual([id]);
  });
});

describe('the search', () => {
  test('finds a word as it stands before those that begin with it', async () => {
    const whole = await confirm('A poem, please');
    const longer = await confirm('Poems and poetry, please');
    expect(await ids({ text: 'poem' })).toEqual([whole]);
    expect((await ids({ text: 'poe' })).toSorted()).toEqual([whole, longer].toSorted());
  });

  test('finds words of the hirer, the last one by its beginning, in any writing', async () => {
    const found = await confirm('Schreibe ein Gedicht über Möwen');
    await confirm('Write a haiku');
    expect(await ids({ text: 'gedicht möw' })).toEqual([found]);
    expect(await ids({ text: 'gedicht haiku' })).toEqual([]);
    expect(await ids({ text: '"gedicht" OR * -möwen NEAR(' })).toEqual([]);
    expect(await ids({ text: '"' })).toEqual([]);
  });

  test('finds by the beginning of an id, by agent and by worker', async () => {
    const id = await ingest('one');
    await take(store.hirings, id, openingOf(id, 1, 9_000_000), 1_000);
    expect(await ids({ text: id.slice(0, 8) })).toEqual([id]);
    expect(await ids({ text: AGENT })).toEqual([id]);
    expect(await ids({ text: 'alice' })).toEqual([id]);
  });

  test('finds what only the read has said, and what was said again', async () => {
    const id = await ingest('');
    const opening = openingOf(id, 1, 9_000_000);
    const hiring = hiringOf(id, { description: 'Translate the manual' });
    const open = { number: 1, taskId: taskOf(id, 1), marker: {}, hiring };
    await take(store.hirings, id, { ...opening, open }, 1_000);
    expect(await ids({ text: 'manual' })).toEqual([id]);
    await store.hirings.accept([deliveryOf(id, {}, { description: 'Translate the leaflet' })]);
    expect([await ids({ text: 'manual' }), await ids({ text: 'leaflet' })]).toEqual([[], [id]]);
  });

  test('goes on where a page ended', async () => {
    for (let index = 0; index < 5; index += 1) await confirm(`poem number ${index}`);
    const first = await store.find({ text: 'poem', limit: 3 });
    const second = await store.find({ text: 'poem', limit: 3, after: first.next });
    expect([first.hirings.length, second.hirings.length, second.next]).toEqual([3, 2, undefined]);
  });

  test('has nothing left of what retention emptied, not even in the file', async () => {
    const id = await confirm('Sing of zyzzyvas', 1_000);
    expect(await ids({ text: 'zyzzyvas' })).toEqual([id]);
    await take(store.hirings, id, { event: 'over_completed', cause: 'x' }, 1_000);
    clock.nowMs = 5_000;
    const [ended] = await store.retention.ended({ remains: 'texts', beforeMs: 4_000, limit: 1 });
    expect(ended?.hiringId).toBe(id);
    if (ended !== undefined) await store.retention.empty([ended]);
    expect(await ids({ text: 'zyzzyvas' })).toEqual([]);
    await store.close();
    const sqlite = new Database(file);
    expect(sqlite.prepare('select count(*) from hiring_words').pluck().get()).toBe(0);
    expect(
      sqlite.prepare("insert into hiring_words (hiring_words) values ('integrity-check')").run(),
    ).toBeDefined();
    sqlite.exec('vacuum');
    sqlite.close();
    expect(readFileSync(file).includes('zyzzyvas')).toBe(false);
    ({ store } = openTestStore(file));
  });
});

describe('commands', () => {
  test('take effect once by their ids', async () => {
    expect(await store.commands.begin('one', 'a', 1)).toEqual({ kind: 'new' });
    expect(await store.commands.begin('one', 'a', 2)).toEqual({ kind: 'underway' });
    expect(await store.commands.begin('one', 'b', 2)).toEqual({ kind: 'other' });
    await store.commands.finish('one', '{"state":"attention"}');
    expect(await store.commands.begin('one', 'a', 3)).toEqual({
      kind: 'done',
      answer: '{"state":"attention"}',
    });
    await store.commands.begin('two', 'a', 1);
    await store.commands.forget('two');
    expect(await store.commands.begin('two', 'b', 1)).toEqual({ kind: 'new' });
  });
});

describe('sessions of the web page', () => {
  test('end by themselves and when they are closed', async () => {
    const session = { digest: 'd', tokenHash: 'h', openedAtMs: 1, untilMs: 10 };
    await store.consoleSessions.open(session);
    expect(await store.consoleSessions.find('d', 9)).toEqual(session);
    expect(await store.consoleSessions.find('d', 10)).toBeUndefined();
    await store.consoleSessions.close('d');
    expect(await store.consoleSessions.find('d', 9)).toBeUndefined();
  });
});

describe('the audit', () => {
  test('is read newest first, page by page', async () => {
    const entry = { atMs: 1, who: 'x', role: 'viewer', action: 'GET', subject: '', outcome: '200' };
    for (let index = 0; index < 3; index += 1) {
      await store.audit.note({ ...entry, atMs: index, commandId: undefined, client: '127.0.0.1' });
    }
    const first = await store.audit.page(undefined, 2);
    const second = await store.audit.page(first.at(-1)?.sequence, 2);
    expect([...first, ...second].map(({ atMs }) => atMs)).toEqual([2, 1, 0]);
  });
});

describe("agents' sessions", () => {
  test('are known by the last note of each', async () => {
    const agentIdOf = (text: string) => agentIdSchema.parse(text);
    const noted = { agentId: AGENT, holder: 'one', sinceMs: 1, lastPingAtMs: undefined, drops: 0 };
    await store.agentSessions.note(noted);
    expect(await store.agentSessions.list(agentIdOf)).toEqual([noted]);
    const later = { ...noted, holder: 'two', sinceMs: 5, lastPingAtMs: 9, drops: 3 };
    await store.agentSessions.note(later);
    expect(await store.agentSessions.list(agentIdOf)).toEqual([later]);
  });
});
