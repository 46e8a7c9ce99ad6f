import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret, type Hiring, type HiringId, type Store } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  claimOf,
  deliveryOf,
  hiringOf,
  malformedOf,
  newHiringId,
  openingOf,
  openTestStore,
  take,
  temporaryDirectory,
  TOKEN,
  taskOf,
} from '../../../test/fixtures.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
let store: Store;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
  ({ store } = openTestStore(file));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

/** How often a text is in the database, its write-ahead log and whatever else lies beside it. */
function occurrences(text: string): number {
  return readdirSync(directory.path)
    .map((name) => readFileSync(join(directory.path, name)).toString('latin1').split(text).length - 1)
    .reduce((sum, count) => sum + count, 0);
}

function checkpoint(): void {
  const sqlite = new Database(file);
  sqlite.pragma('wal_checkpoint(truncate)');
  sqlite.close();
}

function sealedValues(): readonly Buffer[] {
  const sqlite = new Database(file, { readonly: true });
  const values = sqlite
    .prepare<[], Buffer>(
      `select document_sealed from inbox where document_sealed is not null
       union all select latest_token_sealed from hirings where latest_token_sealed is not null
       union all select token_sealed from attempts where token_sealed is not null`,
    )
    .pluck()
    .all();
  sqlite.close();
  return values;
}

test('a repository token never lies in the file as it is, and not at all once the hiring is over', async () => {
  const token = TOKEN.reveal();
  const hiringId = newHiringId();
  const raw = JSON.stringify({
    id: hiringId,
    task_input: { repo_access_token: token },
    marker: 'planted_text',
  });
  await store.hirings.accept([
    deliveryOf(hiringId, { raw }, { repoToken: TOKEN, description: 'planted_description' }),
    malformedOf(raw, hiringId),
  ]);
  const opening = openingOf(hiringId, 1, 1_000);
  const hiring = hiringOf(hiringId, { repoToken: TOKEN });
  await take(
    store.hirings,
    hiringId,
    { ...opening, open: { number: 1, taskId: taskOf(hiringId, 1), marker: {}, hiring } },
    1_000,
  );

  // The look itself works: what is not sealed is found.
  expect(occurrences('planted_description')).toBeGreaterThan(0);
  expect(occurrences(token) + occurrences('planted_text')).toBe(0);
  expect(sealedValues()).toHaveLength(4);
  checkpoint();
  expect(occurrences(token) + occurrences('planted_text')).toBe(0);

  const sealed = sealedValues().map((value) => value.toString('latin1'));
  expect(sealed.map(occurrences)).toEqual([1, 1, 1, 1]);
  await take(store.hirings, hiringId, { event: 'over_completed', cause: 'x', reread: true }, 1_000);
  expect(sealedValues()).toEqual([]);
  checkpoint();
  // Not even sealed: the pages are overwritten, not only given up.
  expect(sealed.map(occurrences)).toEqual([0, 0, 0, 0]);
  expect(occurrences(token)).toBe(0);
});

test('an attempt that the hirer replaced takes its token with it; the next one keeps its own', async () => {
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId)]);
  const hiring = hiringOf(hiringId, { repoToken: TOKEN });
  const open = { marker: {}, hiring };
  await take(
    store.hirings,
    hiringId,
    { ...openingOf(hiringId, 1, 1_000), open: { ...open, number: 1, taskId: taskOf(hiringId, 1) } },
    1_000,
  );
  await take(
    store.hirings,
    hiringId,
    { ...openingOf(hiringId, 2, 1_000), open: { ...open, number: 2, taskId: taskOf(hiringId, 2) } },
    1_000,
  );
  const sqlite = new Database(file, { readonly: true });
  const left = sqlite.prepare('select number from attempts where token_sealed is not null').pluck().all();
  sqlite.close();
  expect(left).toEqual([2]);
});

test('what is heard of an ended hiring is erased with the look at it', async () => {
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId)]);
  await take(store.hirings, hiringId, { event: 'absent', cause: 'x', reread: true }, 1_000);
  await store.hirings.accept([deliveryOf(hiringId, { raw: 'again' }, { repoToken: TOKEN })]);
  expect(sealedValues()).toHaveLength(2);
  const claim = await claimOf(store.hirings, hiringId, 1_000);
  await store.hirings.commit(claim, { cause: 'as before', reread: true }, 1_000);
  expect(sealedValues()).toEqual([]);
});

test('documents that no hiring could be read from are kept, sealed, for the operator', async () => {
  const hiringId = newHiringId();
  await store.hirings.accept([malformedOf('{"planted_text":'), malformedOf('{"status":1}', hiringId)]);
  await store.hirings.accept([{ ...malformedOf('{"planted_text":'), atMs: 2_000 }]);
  const [newest, oldest, ...rest] = await store.malformedDeliveries(10);
  expect(rest).toEqual([]);
  expect(newest).toMatchObject({ hiringId, times: 1, problem: 'status is missing' });
  expect(oldest).toMatchObject({ intake: 'webhook', times: 2, firstAtMs: 1_000, lastAtMs: 2_000 });
  expect(oldest?.document?.reveal()).toBe('{"planted_text":');
  expect(await store.malformedDeliveries(1)).toHaveLength(1);
  expect(occurrences('planted_text')).toBe(0);
});

test('documents are bounded: the first of a hiring and its newest, and the newest of an agent without one', async () => {
  const hiringId = newHiringId();
  const documents = Array.from({ length: 100 }, (_, index) =>
    deliveryOf(hiringId, { raw: `document ${index}` }),
  );
  await store.hirings.accept(documents);
  await store.hirings.accept(Array.from({ length: 1_100 }, (_, index) => malformedOf(`odd ${index}`)));
  await store.hirings.accept([malformedOf('odd with id', hiringId)]);
  const malformed = await store.malformedDeliveries(5_000);
  expect(malformed).toHaveLength(201);
  expect(malformed[1]?.document?.reveal()).toBe('odd 1099');
  const sqlite = new Database(file, { readonly: true });
  const kept = sqlite
    .prepare('select min(sequence), count(*) from inbox where hiring_id = ?')
    .raw()
    .get(hiringId);
  sqlite.close();
  expect(kept).toEqual([1, 32]);
});

test('a hiring that cannot be read is reported, and the others go on', async () => {
  const told: unknown[] = [];
  const { store: watching } = openTestStore(file, {
    onUnreadable: (hiringId, error) => told.push([hiringId, error.kind]),
  });
  const [bad, good] = [newHiringId(), newHiringId()];
  await store.hirings.accept([deliveryOf(bad), deliveryOf(good)]);
  const sqlite = new Database(file);
  sqlite.prepare("update hirings set latest_hiring = '{}' where id = ?").run(bad);
  sqlite.close();
  const claims = await watching.hirings.claim({ holder: 'test', nowMs: 1_000, leaseMs: 500, limit: 10 });
  expect(claims.map((claim) => claim.record.hiringId)).toEqual([good]);
  expect(told).toEqual([[bad, 'corrupt']]);
  await expect(watching.hirings.find(bad)).rejects.toMatchObject({ kind: 'corrupt' });
  await watching.close();
});

/** Like real ones, of letters and digits. */
const repoToken = new Secret('ghp_A7c9planted4canary2tokenX8q1');

/** How a hirer may write the token down in its own words. */
const SPELLINGS: Readonly<Record<string, (token: string) => string>> = {
  'as it is': (token) => token,
  'in a sentence': (token) => `use ${token}, please`,
  'in an address': (token) => `https://x:${token}@github.com/a/b`,
  'percent-encoded': (token) => [...Buffer.from(token)].map((byte) => `%${byte.toString(16)}`).join(''),
  'escaped as in JSON': (token) =>
    Array.from(token, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  'over two lines': (token) => `${token.slice(0, 12)}\n${token.slice(12)}`,
  'in Base64': (token) => Buffer.from(`x:${token}`).toString('base64'),
  'with spaces between': (token) => Array.from(token).join(' '),
};

test.each(Object.entries(SPELLINGS))(
  'a token that the hirer repeats %s in every field lies in neither file, log nor backup',
  async (_, spell) => {
    const token = repoToken.reveal();
    const spelled = spell(token);
    const said: Partial<Parameters<typeof hiringOf>[1]> = {
      repoToken,
      description: `before\n${spelled}\nafter`,
      capability: spelled,
      clientMessage: spelled,
      customerId: spelled,
      workerMatrixId: spelled,
      repoUrl: `https://github.com/a/b?${spelled}`,
      price: spelled,
      extras: { note: spelled, list: [{ deep: spelled }], [spelled]: 1 },
      problems: [spelled],
    };
    const hiringId = newHiringId();
    await store.hirings.accept([deliveryOf(hiringId, { raw: spelled }, said)]);
    const hiring = hiringOf(hiringId, said);
    const opening = openingOf(hiringId, 1, 1_000);
    if (opening.open === undefined) throw new Error('nothing is opened');
    await take(store.hirings, hiringId, { ...opening, open: { ...opening.open, hiring } }, 1_000);
    await store.backup(join(directory.path, 'backup.db'));
    // As JSON writes it, too.
    const traces = [token, spelled, JSON.stringify(spelled).slice(1, -1), token.slice(4)];
    expect(traces.map(occurrences)).toEqual([0, 0, 0, 0]);
    const record = await store.hirings.find(hiringId);
    expect(record?.attempt?.hiring.repoToken?.reveal()).toBe(token);
  },
);

describe('tokens of an attempt that has ended', () => {
  const next = new Secret('ghp_B8d0planted5canary3tokenY9r2');

  async function open(hiringId: HiringId, number: number, said: Partial<Hiring>): Promise<void> {
    const opening = openingOf(hiringId, number, 1_000);
    if (opening.open === undefined) throw new Error('nothing is opened');
    const hiring = hiringOf(hiringId, said);
    await take(store.hirings, hiringId, { ...opening, open: { ...opening.open, hiring } }, 1_000);
  }

  test.each(Object.entries(SPELLINGS))(
    'lie in neither file, log nor backup when the hirer repeats them %s in what it writes for the next',
    async (_, spell) => {
      const hiringId = newHiringId();
      await store.hirings.accept([deliveryOf(hiringId, {}, { repoToken })]);
      await open(hiringId, 1, { repoToken });
      // The hirer replaced it while the work went on.
      await store.hirings.accept([deliveryOf(hiringId, { raw: 'replaced' }, { repoToken: next })]);
      await take(store.hirings, hiringId, { event: 'over_failed', cause: 'x', reread: true }, 1_000);
      expect(sealedValues()).toEqual([]);

      const spelled = [repoToken, next].map((token) => spell(token.reveal()));
      const said = {
        description: `before\n${spelled.join('\nand\n')}\nafter`,
        clientMessage: spelled[0],
        extras: { note: spelled[1] },
      };
      await store.hirings.accept([deliveryOf(hiringId, { raw: spelled.join() }, said)]);
      await open(hiringId, 2, said);
      await store.backup(join(directory.path, 'backup.db'));
      const tokens = [repoToken, next].map((token) => token.reveal());
      const traces = [...tokens, ...spelled, ...spelled.map((text) => JSON.stringify(text).slice(1, -1))];
      expect(traces.map(occurrences)).toEqual(traces.map(() => 0));
      const record = await store.hirings.find(hiringId);
      expect(record?.attempt?.hiring.repoToken).toBeUndefined();
      // The rest of what the hirer says is there.
      const lines = record?.attempt?.hiring.description.split('\n') ?? [];
      expect([lines[0], lines.at(-1)]).toEqual(['before', 'after']);
    },
  );

  test('are known by traces that tell nothing of them, and are others for each hiring', async () => {
    const hirings = [newHiringId(), newHiringId()];
    for (const hiringId of hirings) {
      await store.hirings.accept([deliveryOf(hiringId, {}, { repoToken })]);
      await open(hiringId, 1, { repoToken });
    }
    const sqlite = new Database(file, { readonly: true });
    const kept = sqlite.prepare<[], string>('select token_traces from hirings').pluck().all();
    sqlite.close();
    const digests = kept.map((text) => Array.from(text.matchAll(/[0-9a-f]{64}/g), ([digest]) => digest));
    expect(digests.map(({ length }) => length > 3)).toEqual([true, true]);
    expect(digests[0]?.filter((digest) => digests[1]?.includes(digest))).toEqual([]);
  });

  test('are sixteen of one hiring, and none of what a webhook alone said', async () => {
    const hiringId = newHiringId();
    await store.hirings.accept([deliveryOf(hiringId, { intake: 'webhook' }, { repoToken })]);
    expect((await store.hirings.find(hiringId))?.formerTokens).toBeUndefined();
    for (let number = 0; number < 40; number += 1) {
      const token = new Secret(`ghp_A7c9planted4canary${number}tokenX8q1`);
      await store.hirings.accept([deliveryOf(hiringId, { raw: String(number) }, { repoToken: token })]);
    }
    const sqlite = new Database(file, { readonly: true });
    const [kept = '[]'] = sqlite.prepare<[], string>('select token_traces from hirings').pluck().all();
    sqlite.close();
    expect(JSON.parse(kept)).toHaveLength(16);
  });
});

test('of a hiring that nobody bought nothing is kept of what its sender wrote, from the moment it is rejected', async () => {
  const bulk = 'bogus words '.repeat(2_000);
  const hiringId = newHiringId();
  const bogus = { description: bulk, clientMessage: bulk, extras: { bulk } };
  await store.hirings.accept([deliveryOf(hiringId, { raw: bulk }, bogus)]);
  await take(store.hirings, hiringId, { event: 'absent', cause: 'x', reread: true }, 1_000);
  // Sent once more, and read once more.
  await store.hirings.accept([deliveryOf(hiringId, { raw: `${bulk} again`, intake: 'webhook' }, bogus)]);
  await take(store.hirings, hiringId, { cause: 'as before', reread: true }, 1_000);
  const sqlite = new Database(file, { readonly: true });
  const kept = sqlite
    .prepare<[], number>(
      `select (select sum(length(latest_hiring)) from hirings)
        + (select coalesce(sum(length(document_sealed)), 0) from inbox)`,
    )
    .pluck()
    .get();
  sqlite.close();
  expect(kept).toBeLessThan(1_000);
  checkpoint();
  expect(occurrences('bogus words')).toBe(0);
});
