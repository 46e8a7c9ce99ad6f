import { createHash } from 'node:crypto';
import {
  DEFAULT_POLICY,
  KnownSecrets,
  Secret,
  type HiringId,
  type Policy,
  type WorkerResult,
  type AttentionReason,
} from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { longestTurnMs } from '../../core/src/domain/testing/longest-turn.ts';
import { World } from './world.ts';

const HAIKU = 'Grey waves, falling leaves,\nthe pier counts its empty boats,\nautumn keeps the tide.';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

function policy(changes: Partial<Policy>): void {
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, ...changes }) };
}

/** A hiring whose worker has delivered these files and says so. */
async function delivered(files: Readonly<Record<string, string>>, text = HAIKU): Promise<HiringId> {
  const id = await world.hire();
  await world.run();
  for (const [name, content] of Object.entries(files)) world.hiclaw.write(world.task(id), name, content);
  await world.workerDelivers(id, text);
  return id;
}

async function reasonOf(id: HiringId): Promise<AttentionReason | undefined> {
  return (await world.attentionOf(id))?.reason;
}

async function heldOf(id: HiringId): Promise<WorkerResult | undefined> {
  return (await world.record(id)).attempt?.progress.attention?.held;
}

const settlement = z.object({
  output: z.object({
    text: z.string(),
    artifacts: z.array(z.string()).optional(),
    files_changed: z.array(z.string()),
  }),
});
function settled() {
  return settlement.parse(JSON.parse(world.marketplace.arrived.at(-1)?.body ?? '{}')).output;
}

describe('files', () => {
  test('are uploaded before the result that names them, each with its size and hash on record', async () => {
    const id = await delivered({ 'haiku.md': HAIKU, 'count.json': '{"lines":3}' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(world.marketplace.artifactsOf(id).map(({ name, type, content }) => [name, type, content])).toEqual(
      [
        ['haiku.md', 'markdown', HAIKU],
        ['count.json', 'json', '{"lines":3}'],
      ],
    );
    expect(settled()).toMatchObject({
      artifacts: ['artifact-1', 'artifact-2'],
      files_changed: ['haiku.md', 'count.json'],
    });
    expect((await world.record(id)).attempt?.progress.accepted?.files[0]).toEqual({
      name: 'haiku.md',
      sizeBytes: HAIKU.length,
      sha256: createHash('sha256').update(HAIKU).digest('hex'),
      type: 'markdown',
      artifactId: 'artifact-1',
    });
  });

  test('leave under names that are fit for every system, and are read under those that the worker gave them', async () => {
    const files = {
      '../../.bashrc': 'one',
      '.bashrc': 'two',
      'a\u202Efdp.exe': 'three',
      CON: 'four',
      '/etc/motd': 'five',
      [`${'x'.repeat(300)}.md`]: 'six',
    };
    const id = await delivered(files, '');
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    const artifacts = world.marketplace.artifactsOf(id).map(({ name, content }) => [content, name]);
    expect(Object.fromEntries(artifacts)).toEqual({
      one: '.bashrc~2',
      two: '.bashrc',
      three: 'afdp.exe',
      four: '_CON',
      five: 'etc/motd',
      six: `${'x'.repeat(91)}.md`,
    });
    const { text, files_changed: named } = settled();
    expect(new Set(named)).toEqual(new Set(artifacts.map(([, name]) => name)));
    expect(text).not.toContain('../');
  });

  test('are found by those names when the answer to an upload was lost', async () => {
    const id = await delivered({ '../a.txt': 'one', 'b.txt': 'two' });
    world.marketplace.uploadFaults.push('lost after');
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(world.marketplace.artifactsOf(id).map(({ name }) => name)).toEqual(['a.txt', 'b.txt']);
  });

  test('go fifty at once', async () => {
    const files = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`part-${index}.txt`, 'x']));
    const id = await delivered(files);
    await world.run(MINUTE);
    expect(world.marketplace.uploads.map((batch) => batch.length)).toEqual([50, 50, 20]);
    expect(settled().artifacts).toHaveLength(120);
    expect(await world.state(id)).toBe('completed');
  });

  test.each(['lost before', 'lost after'] as const)(
    'whose answer was %s are looked for, and never there twice',
    async (fault) => {
      world.marketplace.uploadFaults.push(fault);
      const id = await delivered({ 'a.txt': 'a', 'b.txt': 'b' });
      await world.run(5 * MINUTE);
      expect(await world.state(id)).toBe('completed');
      expect(world.marketplace.artifactsOf(id).map(({ name }) => name)).toEqual(['a.txt', 'b.txt']);
      expect(settled().artifacts).toHaveLength(2);
    },
  );

  test.each([
    { name: 'whose upload was noted', fault: undefined },
    { name: 'whose upload nobody noted', fault: 'dies after' },
  ] as const)('$name are not uploaded again beside one that was replaced since', async ({ fault }) => {
    // Each file is uploaded separately, so that the second can be replaced between the two.
    world.settings = { ...world.settings, batchBytes: fault === undefined ? 1 : 1_000_000 };
    if (fault !== undefined) world.marketplace.uploadFaults.push(fault);
    const id = await delivered({ 'a.txt': 'kept', 'b.txt': 'first' });
    world.marketplace.afterFirstUpload = () => world.hiclaw.write(world.task(id), 'b.txt', 'second');
    // A step that dies takes the run with it; the hiring is due again when the lease of the dead has run out.
    await world.run(10 * MINUTE).catch(() => undefined);
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    const artifacts = world.marketplace.artifactsOf(id);
    const contents = artifacts.map(({ content }) => content);
    expect(contents.filter((content) => content === 'kept')).toHaveLength(1);
    expect(contents.filter((content) => content === 'second')).toHaveLength(1);
    const named = settled().artifacts?.map((artifactId) => contents[Number(artifactId.split('-')[1]) - 1]);
    expect(named).toEqual(['kept', 'second']);
  });

  test('of an earlier attempt are not taken for those of the next', async () => {
    const id = await delivered({ 'a.txt': 'first' });
    await world.run(MINUTE);
    world.marketplace.setStatus(id, 'failed');
    world.marketplace.retry(id);
    await world.ingest(world.marketplace.hiringOf(id));
    await world.run(MINUTE);
    world.marketplace.uploadFaults.push('lost after');
    world.hiclaw.write(world.task(id, 2), 'a.txt', 'second');
    await world.workerDelivers(id, `${HAIKU} Again.`, world.task(id, 2));
    await world.run(5 * MINUTE);
    expect(settled().artifacts).toEqual(['artifact-2']);
    expect(world.marketplace.artifactsOf(id).map(({ content }) => content)).toEqual(['first', 'second']);
  });

  test.each(['unsupported', 'over'] as const)(
    'that the marketplace does not take (%s) wait for the owner, whose yes settles without them',
    async (fault) => {
      world.marketplace.uploadFaults.push(...Array.from({ length: 30 }, () => fault));
      const id = await delivered({ 'a.txt': 'a' });
      await world.run(10 * MINUTE);
      expect(await reasonOf(id)).toMatchObject({ code: 'files_not_taken', leavesResult: true });
      world.marketplace.uploadFaults.length = 0;
      expect(await world.command(id, { kind: 'approve' })).toEqual({ kind: 'done' });
      await world.run(MINUTE);
      expect(await world.state(id)).toBe('completed');
      expect(settled().artifacts).toBeUndefined();
    },
  );

  test.each(['unsupported', 'over'] as const)(
    'that the marketplace does not take (%s) for a while are uploaded once it does, and nobody is asked twice',
    async (fault) => {
      policy({ approve: 'results' });
      const id = await delivered({ 'a.txt': 'a' });
      await world.run(MINUTE);
      world.marketplace.uploadFaults.push(...Array.from({ length: 5 }, () => fault));
      await world.command(id, { kind: 'approve' });
      await world.run(HOUR);
      expect(await world.state(id)).toBe('completed');
      expect(settled().artifacts).toHaveLength(1);
    },
  );

  test('with something like a credential in them hold the result, and nothing is uploaded', async () => {
    const id = await delivered({ 'notes.txt': `token: ghp_${'a1B2'.repeat(9)}` });
    await world.run(HOUR);
    expect(await reasonOf(id)).toEqual({
      code: 'result_credential',
      found: 'github_token',
      file: 'notes.txt',
    });
    expect([world.marketplace.uploads, world.marketplace.arrived]).toEqual([[], []]);
  });

  test('that hold a secret of the adapter in disguise hold the result', async () => {
    const secret = new Secret('storage-key-0123456789abcdef');
    world.settings = { ...world.settings, secrets: new KnownSecrets([{ code: 'own_secret', secret }]) };
    const id = await delivered({ 'notes.txt': Buffer.from(secret.reveal()).toString('base64') });
    await world.run(HOUR);
    expect(await reasonOf(id)).toEqual({ code: 'result_credential', found: 'own_secret', file: 'notes.txt' });
    expect([world.marketplace.uploads, world.marketplace.arrived]).toEqual([[], []]);
  });

  test.each([
    ['half of it in each', 18],
    ['all but its last letters in one', 30],
    ['a few letters in each', 6],
  ])('over which a secret of the adapter is dealt out hold the result: %s', async (_, letters) => {
    const secret = new Secret('A7c9Xq2mK4vB8nZ1pR6sT3wY5dF0gH2jL9eU');
    world.settings = { ...world.settings, secrets: new KnownSecrets([{ code: 'own_secret', secret }]) };
    const parts = secret.reveal().match(new RegExp(`.{1,${letters}}`, 'g')) ?? [];
    const files = parts.map((part, index): [string, string] => [`part-${index}.txt`, `${part}\n`]);
    const id = await delivered(Object.fromEntries(files));
    await world.run(HOUR);
    expect(await reasonOf(id)).toMatchObject({ code: 'result_credential', found: 'own_secret' });
    expect([world.marketplace.uploads, world.marketplace.arrived]).toEqual([[], []]);
  });

  test('that were made to stop the check do not stop the process, and come to their end', async () => {
    const files = {
      'a.txt': '-syt_'.repeat(3_900_000),
      'b.txt': `sk-\u0301${'x '.repeat(4_000_000)}`,
      'c.txt': 'token'.repeat(1_000_000),
    };
    let state: string | undefined;
    const longestMs = await longestTurnMs(async () => {
      const id = await delivered(files);
      await world.run(HOUR);
      state = await world.state(id);
    });
    expect(state).toBe('completed');
    expect(longestMs).toBeLessThan(100);
  });
});

describe('files instead of an answer', () => {
  const TASK = 'Write a haiku about the sea in autumn';

  test.each([
    ['nothing, and a file that holds a blank', '', ' '],
    ['a pointer to a file that is the task itself', 'See answer.md', TASK],
    ['a pointer to a file that points on', 'See answer.md', 'See haiku.md'],
    ['a pointer to a file that nobody filled in', 'See answer.md', 'TODO'],
  ])('are no answer where the result is %s', async (_, text, file) => {
    const id = await delivered({ 'answer.md': file }, text);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect(world.marketplace.arrived).toEqual([]);
  });

  test('are one where there is work in any of them', async () => {
    const id = await delivered({ 'a.md': ' ', 'answer.md': HAIKU }, 'See answer.md');
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });
});

describe('a held result', () => {
  test.each([
    ['a placeholder', 'TODO', 'result_placeholder'],
    ['a promise', 'I will do it.', 'result_placeholder'],
    ['an echo', 'Write a haiku about the sea in autumn', 'result_echo'],
    ['nothing', '', 'result_empty'],
    ['a credential', `Use ghp_${'a1B2'.repeat(9)} for that.`, 'result_credential'],
  ])('%s is never submitted', async (_what, text, code) => {
    const id = await delivered({}, text);
    await world.run(HOUR);
    expect(await reasonOf(id)).toMatchObject({ code });
    expect(world.marketplace.arrived).toEqual([]);
  });

  test('is settled as it is when the owner says yes', async () => {
    const id = await delivered({ 'part.txt': 'one half' }, 'PARTIAL: one half is done');
    await world.run(MINUTE);
    expect(await reasonOf(id)).toEqual({
      code: 'result_unclear',
      unclear: { code: 'partial', summary: 'one half' },
    });
    expect(await heldOf(id)).toMatchObject({
      text: 'PARTIAL: one half is done',
      files: [{ name: 'part.txt' }],
    });
    expect(await world.command(id, { kind: 'approve' })).toEqual({ kind: 'done' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(settled()).toMatchObject({ text: 'PARTIAL: one half is done', artifacts: ['artifact-1'] });
  });

  test('is shown to nobody and kept nowhere while it seems to hold a credential', async () => {
    const id = await delivered({}, `Use ghp_${'a1B2'.repeat(9)} for that.`);
    await world.run(MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'result_credential', found: 'github_token' });
    expect(await heldOf(id)).toBeUndefined();
  });

  test('is failed by the owner in their own words', async () => {
    const id = await delivered({}, 'TODO');
    await world.run(MINUTE);
    const failure = { reason: 'other', text: 'Sorry, no.' } as const;
    expect(await world.command(id, { kind: 'fail', failure })).toEqual({ kind: 'done' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('failed');
    expect(world.marketplace.arrived.at(-1)?.body).toContain('Sorry, no.');
  });

  test('a yes to one result is none to another that took its place', async () => {
    const id = await delivered({}, 'PARTIAL: one half');
    await world.run(MINUTE);
    await world.command(id, { kind: 'approve' });
    world.hiclaw.write(world.task(id), 'result.md', 'TODO');
    world.marketplace.settleFaults.push('later');
    await world.run(HOUR);
    const bodies = world.marketplace.arrived.map(({ body }) => body);
    expect(bodies.every((body) => !body.includes('TODO'))).toBe(true);
  });

  test('is failed at once where the owner wants that', async () => {
    policy({ heldResults: 'fail' });
    const id = await delivered({}, 'TODO');
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('failed');
  });

  test('nothing waits for a yes where nothing was asked', async () => {
    const id = await world.hire();
    await world.run();
    expect(await world.command(id, { kind: 'approve' })).toMatchObject({ kind: 'unfit' });
  });
});

describe('an owner who wants to be asked', () => {
  test.each(['work', 'both'] as const)('before the work (%s) wakes no worker until then', async (approve) => {
    policy({ approve });
    const id = await world.hire();
    await world.run(HOUR);
    expect(await reasonOf(id)).toEqual({ code: 'work_approval' });
    expect(world.hiclaw.sends).toBe(0);
    const waits = (await world.events(id)).length;
    await world.run(HOUR);
    expect(await world.events(id)).toHaveLength(waits);
    expect(await world.command(id, { kind: 'approve' })).toEqual({ kind: 'done' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');
  });

  test.each(['results', 'both'] as const)(
    'before the pay (%s) settles nothing until then',
    async (approve) => {
      policy({ approve });
      const id = await world.hire();
      await world.run(MINUTE);
      await world.command(id, { kind: 'approve' });
      await world.run(MINUTE);
      await world.workerDelivers(id, HAIKU);
      await world.run(MINUTE);
      expect(await reasonOf(id)).toEqual({ code: 'result_approval' });
      // What a yes would settle is there to be looked at, until it is on its way.
      expect(await heldOf(id)).toMatchObject({ text: HAIKU });
      expect(world.marketplace.arrived).toEqual([]);
      await world.command(id, { kind: 'approve' });
      await world.run(MINUTE);
      expect(await world.state(id)).toBe('completed');
    },
  );

  test('and says nothing leaves the hirer refunded before the deadline', async () => {
    policy({ approve: 'work' });
    const id = await world.hire();
    await world.run(6 * HOUR);
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['failed', 0]);
  });
});

describe('what an owner does not take is refused before a worker is woken', () => {
  test.each([
    ['a price below the floor', { minPrice: '10.01' }, '$10.01'],
    ['a task that is too long', { maxTaskCharacters: 5 }, 'longer than the 5 characters'],
  ] as const)('%s', async (_what, changes, words) => {
    policy(changes);
    const id = await world.hire();
    await world.run(MINUTE);
    expect([await world.state(id), world.hiclaw.sends, world.hiclaw.tasks()]).toEqual(['failed', 0, []]);
    expect(world.marketplace.arrived.at(-1)?.body).toContain(words);
  });

  test.each([
    '1e-2',
    '1,00',
    '$0.01',
    '-5',
    '0x10',
    '1e3',
    'ten',
    '',
    '10.00 USD',
    '١٠٠',
    '10.000.00',
    '100..',
    'NaN',
    undefined,
  ])('a price that cannot be read (%j) waits for the owner, whose yes has it worked on', async (price) => {
    policy({ minPrice: '5.00' });
    const id = await world.hire({ price });
    await world.run(MINUTE);
    expect([await world.state(id), world.hiclaw.sends, world.hiclaw.tasks()]).toEqual(['attention', 0, []]);
    expect(world.marketplace.arrived).toEqual([]);
    await world.command(id, { kind: 'approve' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');
  });

  test.each([{ approve: 'work' }, { approve: 'both' }] as const)(
    'a yes to a price that cannot be read is none to the work (%j)',
    async (asked) => {
      policy({ minPrice: '5.00', ...asked });
      const id = await world.hire({ price: 'ten' });
      await world.run(MINUTE);
      expect((await world.record(id)).attempt?.progress.attention?.reason.code).toBe('price_unclear');
      await world.command(id, { kind: 'approve' });
      await world.run(MINUTE);
      expect([await world.state(id), world.hiclaw.sends]).toEqual(['attention', 0]);
      const { attention } = (await world.record(id)).attempt?.progress ?? {};
      expect([attention?.approves, attention?.reason.code]).toEqual(['work', 'work_approval']);
      await world.command(id, { kind: 'approve' });
      await world.run(MINUTE);
      expect(await world.state(id)).toBe('sent');
    },
  );

  test.each(['1e-2', undefined])(
    'a price that cannot be read (%j) is no matter without a floor',
    async (price) => {
      const id = await world.hire({ price });
      await world.run(MINUTE);
      expect(await world.state(id)).toBe('sent');
    },
  );

  test('a capability that is not offered, with the right reason', async () => {
    policy({ capabilities: ['prose'] });
    await world.hire({ capability: 'poetry' });
    await world.run(MINUTE);
    expect(world.marketplace.arrived.at(-1)?.body).toContain('"reason":"capability_mismatch"');
  });

  test('what comes while the agent is paused; what came before is still done', async () => {
    const before = await world.hire();
    await world.run();
    await world.store.pauses.pause(undefined, world.nowMs + 1);
    await world.run(MINUTE);
    const after = await world.hire();
    await world.workerDelivers(before, HAIKU);
    await world.run(MINUTE);
    expect([await world.state(before), await world.state(after)]).toEqual(['completed', 'failed']);
    expect(world.marketplace.arrived.map(({ body }) => body).join()).toContain(
      'currently accepts no new work',
    );
    await world.store.pauses.resume(undefined);
    const again = await world.hire();
    await world.run(MINUTE);
    expect(await world.state(again)).toBe('sent');
  });
});

describe('a settlement that the best way does not take', () => {
  test('goes by the other one, after a look', async () => {
    world.marketplace.settleFaults.push('other way');
    const id = await delivered({});
    await world.run(MINUTE);
    expect([await world.state(id), world.marketplace.applied.length]).toEqual(['completed', 1]);
    const [first = 0, second = 0] = world.marketplace.settleAtReads;
    expect(second).toBeGreaterThan(first);
  });

  test('and whose answer by the other one was lost is not sent again without a look', async () => {
    world.marketplace.settleFaults.push('other way', 'lost after');
    const id = await delivered({});
    await world.run(5 * MINUTE);
    expect([await world.state(id), world.marketplace.arrived.length]).toEqual(['completed', 1]);
    expect(world.marketplace.applied).toHaveLength(1);
  });
});
