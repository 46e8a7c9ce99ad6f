import { DEFAULT_POLICY, Secret, type HiringId, type Policy } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeRepositories } from './fakes/repositories.ts';
import { World } from './world.ts';

const ANSWER = 'Grey waves, falling leaves,\nthe pier counts its empty boats,\nautumn keeps the tide.';
const OTHER = 'Red waves, falling stones,\nthe pier counts its empty boats,\nwinter keeps the tide..';
const CHANGE = 'diff --git a/footer.css b/footer.css';
const CREDENTIAL = `Use ghp_${'a1B2'.repeat(9)} for that.`;
const MINUTE = 60_000;
const PUSH = {
  deliveryMode: 'push',
  deliveryStated: true,
  repoUrl: 'https://github.com/acme/site',
  repoToken: new Secret('ghp_of-the-hirer'),
} as const;

let world: World;
let repositories: FakeRepositories;
beforeEach(() => {
  world = new World();
  repositories = new FakeRepositories();
  Object.assign(world.ports, { repositories });
  policy({ approve: 'results' });
});
afterEach(async () => await world.close());

function policy(changes: Partial<Policy>): void {
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, ...changes }) };
}

/** A hiring whose result waits for a yes. */
async function waiting(
  files: Readonly<Record<string, string>>,
  text = ANSWER,
  hiring = {},
): Promise<HiringId> {
  const id = await world.hire(hiring);
  await world.run();
  for (const [name, content] of Object.entries(files)) world.hiclaw.write(world.task(id), name, content);
  await world.workerDelivers(id, text);
  await world.run(MINUTE);
  expect(await world.state(id)).toBe('attention');
  return id;
}

const attention = async (id: HiringId) => (await world.record(id)).attempt?.progress.attention;

/** Everything that reached the hirer of what the worker made. */
const paid = (): string =>
  JSON.stringify([
    world.marketplace.arrived.map(({ body }) => body),
    world.marketplace.uploads,
    repositories.orders.map(({ delivery }) => delivery.bytes.toString()),
  ]);

describe('an object that is swapped for a twin of the same ETag and size after the yes', () => {
  test('the text: what was shown is settled, and no byte of the other', async () => {
    const id = await waiting({});
    expect(await attention(id)).toMatchObject({ held: { text: ANSWER } });
    await world.command(id, { kind: 'approve' });
    world.hiclaw.swap(world.task(id), 'result.md', OTHER);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(paid()).toContain('Grey waves');
    expect(paid()).not.toContain('Red waves');
  });

  test('a file: nothing of it is sent, and the result waits for another yes', async () => {
    const id = await waiting({ 'a.txt': 'good' });
    const { sha256 } = (await attention(id)) ?? {};
    await world.command(id, { kind: 'approve' });
    world.hiclaw.swap(world.task(id), 'a.txt', 'evil');
    await world.run(5 * MINUTE);
    expect([await world.state(id), world.marketplace.uploads]).toEqual(['attention', []]);
    const now = await attention(id);
    expect(now?.approves).toBe('result');
    expect(now?.sha256).not.toBe(sha256);
    await world.command(id, { kind: 'approve' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(paid()).toContain('evil');
  });

  test('a file that was swapped back is as good as before only with a new yes', async () => {
    const id = await waiting({ 'a.txt': 'good' });
    await world.command(id, { kind: 'approve' });
    world.hiclaw.swap(world.task(id), 'a.txt', 'evil');
    await world.run(10_000);
    expect(await world.state(id)).toBe('attention');
    world.hiclaw.write(world.task(id), 'a.txt', 'good');
    await world.run(5 * MINUTE);
    expect([await world.state(id), world.marketplace.uploads]).toEqual(['attention', []]);
  });

  test.each(['change.patch', 'change.bundle'])('the change (%s): nothing is pushed', async (name) => {
    const id = await waiting({ [name]: CHANGE }, ANSWER, PUSH);
    await world.command(id, { kind: 'approve' });
    world.hiclaw.swap(world.task(id), name, `${CHANGE.slice(0, -1)}!`);
    await world.run(5 * MINUTE);
    expect([await world.state(id), repositories.orders]).toEqual(['attention', []]);
  });

  test('what was shown to nobody: the yes is no yes to another', async () => {
    const id = await waiting({}, CREDENTIAL);
    const { held, approves } = (await attention(id)) ?? {};
    expect([held, approves]).toEqual([undefined, 'result']);
    await world.command(id, { kind: 'approve' });
    world.hiclaw.swap(world.task(id), 'result.md', CREDENTIAL.replace('ghp_a1B2', 'ghp_c3D4'));
    await world.run(5 * MINUTE);
    expect([await world.state(id), world.marketplace.arrived]).toEqual(['attention', []]);
  });

  test('what was shown to nobody: the yes holds for what it was said to', async () => {
    const id = await waiting({}, CREDENTIAL);
    await world.command(id, { kind: 'approve' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });
});

describe('a change that seems to hold a credential', () => {
  test('is pushed after a yes only as it was when the owner was told of it', async () => {
    policy({});
    repositories.pushFaults.push({ kind: 'suspicious', problem: 'the change seems to hold a key' });
    const id = await waiting({ 'change.patch': CHANGE }, ANSWER, PUSH);
    world.hiclaw.swap(world.task(id), 'change.patch', `${CHANGE.slice(0, -1)}!`);
    await world.command(id, { kind: 'approve' });
    await world.run(5 * MINUTE);
    // It is another change, which nobody has said yes to: it is checked as any other.
    expect(repositories.orders.map(({ findingsApproved }) => findingsApproved)).toEqual([false]);
  });
});

describe('artifacts of the marketplace', () => {
  test('of an earlier attempt are never taken for those of an upload that was lost', async () => {
    policy({});
    const id = await world.hire();
    await world.run();
    world.hiclaw.write(world.task(id), 'a.txt', 'first');
    await world.workerDelivers(id, ANSWER);
    await world.run(MINUTE);
    world.marketplace.setStatus(id, 'failed');
    world.marketplace.retry(id);
    await world.ingest(world.marketplace.hiringOf(id));
    await world.run(MINUTE);
    world.marketplace.uploadFaults.push('lost before');
    world.hiclaw.write(world.task(id, 2), 'a.txt', 'second');
    await world.workerDelivers(id, `${ANSWER} Again.`, world.task(id, 2));
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(world.marketplace.arrived.at(-1)?.body).toContain('"artifacts":["artifact-2"]');
  });

  test('that are stored without ever an id are not uploaded forever: the owner is asked', async () => {
    policy({});
    world.marketplace.namesNoIds = true;
    const id = await world.hire();
    await world.run();
    world.hiclaw.write(world.task(id), 'a.txt', 'first');
    await world.workerDelivers(id, ANSWER);
    await world.run(30 * MINUTE);
    expect(world.marketplace.uploads.length).toBeLessThan(6);
    expect(await attention(id)).toMatchObject({ approves: 'result', held: { text: ANSWER, files: [] } });
    await world.command(id, { kind: 'approve' });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });
});
