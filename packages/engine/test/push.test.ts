import { createHash } from 'node:crypto';
import { DEFAULT_POLICY, Secret, type HiringId, type Policy } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeRepositories } from './fakes/repositories.ts';
import { alice, REPORT_TO, World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CANARY = 'ghp_canary-of-the-hirer';
const PUSH = {
  deliveryMode: 'push',
  deliveryStated: true,
  repoUrl: 'https://github.com/acme/site',
  repoToken: new Secret(CANARY),
} as const;
const ANSWER = 'The footer no longer overlaps the menu: its height was counted twice.';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let world: World;
let repositories: FakeRepositories;
beforeEach(() => {
  world = new World();
  repositories = new FakeRepositories();
  Object.assign(world.ports, { repositories });
});
afterEach(async () => await world.close());

function policy(changes: Partial<Policy>): void {
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, ...changes }) };
}

async function delivers(id: HiringId, file = 'change.patch'): Promise<void> {
  world.hiclaw.write(world.task(id), file, 'diff --git a/footer.css b/footer.css');
  world.hiclaw.write(world.task(id), 'work/node_modules/x.js', `a clone`);
  await world.workerDelivers(id, ANSWER);
}

function settled(): unknown {
  return JSON.parse(world.marketplace.arrived.at(-1)?.body ?? '{}');
}

describe('push mode, by the adapter', () => {
  test('pushes no change of another that lay there before the worker came', async () => {
    const id = await world.hire(PUSH);
    await world.run();
    world.hiclaw.write(world.task(id), 'change.bundle', 'a change of another worker');
    await world.run(MINUTE);
    await world.workerReads();
    await world.workerDelivers(id, ANSWER);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect((await world.attentionOf(id))?.reason).toEqual({
      code: 'files_planted',
      names: ['change.bundle'],
    });
    expect([repositories.orders, world.marketplace.arrived]).toEqual([[], []]);
  });

  test.each(['change.patch', 'change.bundle'])(
    'pushes no change that the reported result does not name by its SHA-256, where its owner wants that (%s)',
    async (file) => {
      policy({ resultDigest: 'required' });
      const id = await world.hire(PUSH);
      await world.run();
      await world.workerReads();
      await world.run(MINUTE);
      const change = 'diff --git a/footer.css b/footer.css';
      const answer = `${ANSWER}\n\n${sha256(change)}  ${file}`;
      world.hiclaw.write(world.task(id), file, 'a change of another worker');
      world.hiclaw.write(world.task(id), 'result.md', answer);
      const report = `TASK_COMPLETED: ${world.task(id)} - done (sha256=${sha256(answer)})`;
      await world.hiclaw.showActivity(alice, { kind: 'message', text: `${REPORT_TO} ${report}` });
      await world.run(5 * MINUTE);
      const reason = (await world.record(id)).attempt?.progress.attention?.reason;
      expect(reason).toEqual({ code: 'file_digest_mismatch', names: [file] });
      expect([repositories.orders, world.marketplace.arrived]).toEqual([[], []]);
      world.hiclaw.write(world.task(id), file, change);
      await world.run(5 * MINUTE);
      expect(await world.state(id)).toBe('completed');
      expect(repositories.orders).toHaveLength(1);
    },
  );

  test('pushes neither of two changes, since one of them may be of another', async () => {
    const id = await world.hire(PUSH);
    await world.run();
    await world.workerReads();
    world.hiclaw.write(world.task(id), 'change.bundle', 'a change of another worker');
    await delivers(id);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect((await world.attentionOf(id))?.reason).toEqual({ code: 'change_ambiguous' });
    expect([repositories.orders, world.marketplace.arrived]).toEqual([[], []]);
    await world.command(id, { kind: 'approve' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(repositories.orders).toMatchObject([{ delivery: { kind: 'bundle' } }]);
  });

  test.each(['change.patch', 'change.bundle'] as const)(
    'pushes what the worker left (%s), then settles with branch and commits',
    async (file) => {
      const id = await world.hire(PUSH);
      await world.run();
      const [order] = world.hiclaw.orders();
      expect(order?.delivery).toMatchObject({ mode: 'push', branch: 'main', commit: 'c0ffee' });
      await delivers(id, file);
      await world.run(MINUTE);
      expect(await world.state(id)).toBe('completed');
      expect(repositories.orders).toMatchObject([
        {
          base: { branch: 'main', commit: 'c0ffee' },
          delivery: { kind: file === 'change.patch' ? 'patch' : 'bundle' },
          access: { url: PUSH.repoUrl },
        },
      ]);
      expect(settled()).toMatchObject({
        output: {
          text: expect.stringContaining('beef01'),
          branch: `agrenting/${world.task(id)}`,
          commits: ['beef01'],
          files_changed: ['footer.css'],
        },
      });
      // What is in the repository, or in the worker's clone, is no artifact.
      expect(world.marketplace.uploads).toEqual([]);
    },
  );

  test('tells the token to nobody', async () => {
    const id = await world.hire(PUSH);
    await world.run();
    await delivers(id);
    await world.run(MINUTE);
    const told = JSON.stringify([world.hiclaw.messages, world.marketplace.arrived, world.marketplace.tells]);
    expect(told).not.toContain(CANARY);
    expect(JSON.stringify(await world.store.hirings.history(id))).not.toContain(CANARY);
    expect(world.hiclaw.orders().map(({ delivery }) => delivery?.mode)).toEqual(['push']);
  });

  test('settles nothing before the change is pushed, and pushes once', async () => {
    repositories.pushFaults.push({ kind: 'unavailable', problem: 'planted' });
    const id = await world.hire(PUSH);
    await world.run();
    await delivers(id);
    world.marketplace.settleFaults.push('lost after');
    await world.run(5 * MINUTE);
    expect([await world.state(id), repositories.orders.length]).toEqual(['completed', 1]);
  });

  test('holds a result without a change, and one whose change cannot be used, until a better one comes', async () => {
    const id = await world.hire(PUSH);
    await world.run();
    await world.workerDelivers(id, ANSWER);
    await world.run(MINUTE);
    expect((await world.attentionOf(id))?.reason).toEqual({ code: 'change_missing' });
    repositories.pushFaults.push({ kind: 'unusable', problem: 'the patch does not apply' });
    await delivers(id);
    await world.run(2 * MINUTE);
    expect((await world.attentionOf(id))?.reason).toEqual({
      code: 'change_unusable',
      problem: 'the patch does not apply',
    });
    await delivers(id);
    await world.run(2 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('holds a change that seems to hold a credential until the owner, who was told of it, says yes', async () => {
    policy({ approve: 'results' });
    repositories.pushFaults.push({ kind: 'suspicious', problem: 'the change seems to hold a key' });
    const id = await world.hire(PUSH);
    await world.run();
    await delivers(id, 'change.bundle');
    await world.run(2 * MINUTE);
    expect((await world.attentionOf(id))?.reason).toEqual({ code: 'result_approval' });
    await world.command(id, { kind: 'approve' });
    await world.run(2 * MINUTE);
    expect((await world.record(id)).attempt?.progress.attention).toMatchObject({
      reason: { code: 'change_suspicious', problem: 'the change seems to hold a key' },
      approves: 'result',
    });
    await world.command(id, { kind: 'approve' });
    await world.run(2 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(repositories.orders.map(({ findingsApproved }) => findingsApproved)).toEqual([true]);
  });

  test('fails the hiring over a credential in its change where held results are to be failed', async () => {
    policy({ heldResults: 'fail' });
    repositories.pushFaults.push({ kind: 'suspicious', problem: 'the change seems to hold a key' });
    const id = await world.hire(PUSH);
    await world.run();
    await delivers(id, 'change.bundle');
    await world.run(2 * MINUTE);
    expect(await world.state(id)).toBe('failed');
  });

  test('refunds the hirer whose token opens nothing, before a worker is woken', async () => {
    repositories.sourceFault = { kind: 'denied', problem: 'planted' };
    const id = await world.hire(PUSH);
    await world.run(10 * MINUTE);
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['failed', 0]);
    expect(settled()).toMatchObject({ error: expect.stringContaining('could not be read'), reason: 'other' });
  });

  test('works for the hirer whose repository was not there for two minutes', async () => {
    repositories.sourceFault = { kind: 'denied', problem: 'planted' };
    const id = await world.hire(PUSH);
    await world.run(2 * MINUTE);
    expect(await world.state(id)).toBe('confirmed');
    repositories.sourceFault = undefined;
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('sent');
  });

  test('refuses a repository that is not allowed, with the right reason', async () => {
    repositories.sourceFault = { kind: 'refused', problem: 'planted' };
    const id = await world.hire(PUSH);
    await world.run(MINUTE);
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['failed', 0]);
    expect(settled()).toMatchObject({ reason: 'capability_mismatch' });
  });

  test('fails when the remote takes the change no more', async () => {
    const no = { kind: 'denied', problem: 'planted' } as const;
    repositories.pushFaults.push(no, no);
    const first = await world.hire(PUSH);
    await world.run();
    await delivers(first);
    await world.run(MINUTE);
    expect(await world.state(first)).toBe('completed');
    repositories.pushFaults.push(...Array.from({ length: 20 }, () => no));
    const id = await world.hire(PUSH);
    await world.run();
    await delivers(id);
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('failed');
  });

  test('is what an unclear mode with repository fields means where the agent pushes', async () => {
    const id = await world.hire({ ...PUSH, deliveryMode: 'unclear', deliveryStated: false });
    await world.run();
    await delivers(id);
    await world.run(MINUTE);
    expect([await world.state(id), repositories.orders.length]).toEqual(['completed', 1]);
  });

  test('waits for a person when there is no token', async () => {
    const id = await world.hire({ ...PUSH, repoToken: undefined });
    await world.run(MINUTE);
    expect((await world.attentionOf(id))?.reason).toEqual({ code: 'repository_missing' });
  });

  test('leaves what a worker was told to work on alone', async () => {
    const id = await world.hire(PUSH);
    await world.run();
    await world.run(15 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    await world.command(id, { kind: 'restart' });
    await world.run(MINUTE);
    expect(repositories.sources).toBe(1);
  });
});

describe('a store that is lost while a worker is at work', () => {
  test.each<[string, number]>([
    ['without its key', 77],
    ['but not its key', 0],
  ])('%s: what it had written into the task folder is ours still', async (_, renewal) => {
    const id = await world.hire(PUSH);
    await world.run();
    await world.workerReads();
    await world.run(MINUTE);
    world.marketplace.say(id, { id: 'm1', kind: 'message', fromHirer: true, text: 'In blue, please.' });
    await world.run(5 * MINUTE);
    expect(world.hiclaw.folderMessages.size).toBe(1);
    world.hiclaw.answers.set(id, { eventId: '$said', atMs: world.nowMs });
    world.hiclaw.write(world.task(id), 'notes.txt', 'at it');
    const rebuilt = new World(world);
    rebuilt.ports = {
      ...rebuilt.ports,
      repositories,
      taskIds: (hiringId, number) => world.task(hiringId, number, renewal),
    };
    rebuilt.nowMs += MINUTE;
    try {
      await rebuilt.ingest(world.marketplace.hiringOf(id), 'poll');
      await rebuilt.run(MINUTE);
      const { attempt } = await rebuilt.record(id);
      expect(attempt?.progress.attention).toBeUndefined();
      expect(attempt?.taskId).toBe(world.task(id));
      world.hiclaw.write(world.task(id), 'change.patch', 'diff --git a/footer.css b/footer.css');
      await rebuilt.workerDelivers(id, ANSWER, world.task(id));
      await rebuilt.run(MINUTE);
      expect(await rebuilt.state(id)).toBe('completed');
      expect(repositories.orders).toHaveLength(1);
    } finally {
      await rebuilt.close();
    }
  });
});

describe('push mode where the owner does not want it', () => {
  test('off: the hiring is refused, an unclear one waits for a person', async () => {
    policy({ push: 'off' });
    const id = await world.hire(PUSH);
    const unclear = await world.hire({ ...PUSH, deliveryMode: 'unclear', deliveryStated: false });
    await world.run(MINUTE);
    expect([await world.state(id), await world.state(unclear)]).toEqual(['failed', 'attention']);
    expect(world.hiclaw.sends).toBe(0);
  });
});

describe('push mode, by the worker', () => {
  test('takes the token out of every folder that it lay in: one was given up, another could not be read back', async () => {
    policy({ push: 'worker' });
    const id = await world.hire(PUSH);
    world.hiclaw.planted.set(world.task(id), ['result.md']);
    await world.run();
    await world.workerDelivers(id, ANSWER, world.task(id, 1, 1));
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(world.hiclaw.forgotten).toEqual([world.task(id), world.task(id, 1, 1)]);

    const unread = await world.hire(PUSH);
    world.hiclaw.storageFault = 'planted';
    await world.run(MINUTE);
    world.hiclaw.storageFault = undefined;
    world.marketplace.setStatus(unread, 'cancelled');
    await world.ingest(world.marketplace.hiringOf(unread));
    await world.run(0);
    expect(await world.state(unread)).toBe('cancelled');
    expect(world.hiclaw.forgotten).toContain(world.task(unread));
  });

  test('takes the token out of the task folder when the hiring ends', async () => {
    policy({ push: 'worker' });
    const id = await world.hire(PUSH);
    await world.run();
    expect(world.hiclaw.orders()[0]?.delivery).toEqual({ mode: 'push_by_worker' });
    await world.workerDelivers(id, ANSWER);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(world.hiclaw.forgotten).toEqual([world.task(id)]);
    expect(repositories.orders).toEqual([]);
  });

  test.each(['cancelled', 'disputed', 'completed'])(
    'and when the marketplace reports it as %s',
    async (status) => {
      policy({ push: 'worker' });
      const id = await world.hire(PUSH);
      await world.run();
      await world.hiclaw.showActivity(alice, { kind: 'typing' });
      world.marketplace.setStatus(id, status);
      await world.run(2 * MINUTE);
      expect(world.hiclaw.forgotten).toEqual([world.task(id)]);
    },
  );

  test('and settles all the same when the storage does not let it', async () => {
    policy({ push: 'worker' });
    const id = await world.hire(PUSH);
    await world.run();
    await world.workerDelivers(id, ANSWER);
    world.hiclaw.forgetFault = 'planted';
    await world.run(HOUR);
    expect(await world.state(id)).toBe('completed');
    expect(world.marketplace.applied).toHaveLength(1);
  });
});
