import {
  DEFAULT_POLICY,
  Secret,
  snapshotSha256,
  type CheckedResult,
  type Hiring,
  type HiringId,
  type Policy,
} from '@agrenting-hiclaw/core/domain';
import { createTaskStorage } from '@agrenting-hiclaw/hiclaw';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MemoryStore } from '../../hiclaw/src/test/memory-store.ts';
import { FakeRepositories } from './fakes/repositories.ts';
import { REPORT_TO, World } from './world.ts';

/**
 * Somebody who may write into a task folder and finds twins (other bytes, same size and ETag) replaces with them
 * what the worker left, and back, before any call to the storage: between looking, reading, the yes, the upload, the push
 * and the pay. Whatever is paid is one result that was judged, and approved where that was asked for, to the byte.
 */
const KEY = `ghp_${'a1B2'.repeat(9)}`;
const HONEST = {
  'result.md': `STATUS: SUCCESS\nSUMMARY: Grey waves.\n\nGrey waves, falling leaves, ${'x'.repeat(KEY.length)}.`,
  'a.txt': `The first file ${'y'.repeat(KEY.length)}`,
  'b.txt': `The second file ${'z'.repeat(KEY.length)}`,
  'change.patch': `diff --git a/footer.css b/footer.css ${'w'.repeat(KEY.length)}`,
};
type Name = keyof typeof HONEST;
const NAMES = ['result.md', 'a.txt', 'b.txt', 'change.patch'] as const;

/** As long as the honest one, with what the gate holds. */
const twinOf = (name: Name): string => HONEST[name].replace(/([w-z])\1{10,}/, KEY);
/** `npm run test:long -- sizes` swaps each part alone before every call, `npm test` before every third. */
const IS_WHOLE = process.env['TEST_FULL_SIZE'] === '1';
const DAY_MS = 24 * 3_600_000;
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

const PUSH = {
  deliveryMode: 'push',
  deliveryStated: true,
  repoUrl: 'https://github.com/acme/site',
  repoToken: new Secret('ghp_of-the-hirer'),
} as const;

interface Mode {
  readonly hiring: Partial<Hiring>;
  readonly policy: Partial<Policy>;
  readonly suspicious?: boolean;
}

const MODES: readonly (readonly [what: string, mode: Mode])[] = [
  ['files', { hiring: {}, policy: {} }],
  ['files and a yes', { hiring: {}, policy: { approve: 'results' } }],
  ['a change', { hiring: PUSH, policy: {} }],
  ['a change and a yes', { hiring: PUSH, policy: { approve: 'results' } }],
  ['a suspicious change', { hiring: PUSH, policy: {}, suspicious: true }],
];

/** What is put where, before which call to the storage. */
interface Swap {
  readonly beforeCall: number;
  readonly names: readonly (Name | 'meta.json')[];
  readonly to: 'twin' | 'honest';
}

const body = z.object({
  output: z.object({
    text: z.string(),
    summary: z.string(),
    artifacts: z.array(z.string()).optional(),
    files_changed: z.array(z.string()),
  }),
});

let world: World;
let repositories: FakeRepositories;
let memory: MemoryStore;
beforeAll(() => {
  world = new World();
  repositories = new FakeRepositories();
  memory = new MemoryStore();
  const storage = createTaskStorage({ store: memory, ourUserId: REPORT_TO, profile: '1.0' });
  world.ports = { ...world.ports, repositories, storage };
  // An object of ours with words of others, which nobody may be paid for.
  world.marketplace.contextText = 'the words of the hirer, which nobody may be paid for';
});
afterAll(async () => await world.close());

function apply(folder: string, { names, to }: Swap): void {
  for (const name of names) {
    const key = `${folder}${name}`;
    if (memory.text(key) === undefined) continue;
    if (name === 'meta.json') {
      const path = to === 'twin' ? 'context.md' : 'result.md';
      memory.set(key, JSON.stringify({ status: 'submitted', result_path: path }));
    } else {
      memory.swap(key, to === 'twin' ? twinOf(name) : HONEST[name]);
    }
  }
}

interface Run {
  readonly state: string;
  /** What was seen to be wrong on the way. */
  readonly problems: readonly string[];
  readonly calls: number;
  /** Results that were shown and said yes to. */
  readonly approved: readonly CheckedResult[];
  readonly paid: Paid | undefined;
}

interface Paid {
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
  readonly changes: readonly string[];
}

/** One hiring from its delivery to its pay, with objects swapped on the way. */
async function play(mode: Mode, swaps: readonly Swap[]): Promise<Run> {
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, ...mode.policy }) };
  const id = await world.hire({ ...mode.hiring, deadlineAtMs: world.nowMs + DAY_MS });
  await world.run();
  await world.workerReads();
  const folder = `shared/tasks/${world.task(id)}/`;
  const pushes = mode.hiring.deliveryMode === 'push';
  for (const name of NAMES) {
    if (name !== 'change.patch' || pushes) memory.set(`${folder}${name}`, HONEST[name]);
  }
  await world.says(world.line(id, 'TASK_COMPLETED', 'done'));
  if (mode.suspicious === true) repositories.pushFaults.push({ kind: 'suspicious', problem: 'a key' });
  let calls = 0;
  memory.before = () => {
    calls += 1;
    for (const swap of swaps) if (swap.beforeCall === calls) apply(folder, swap);
  };
  const pushed = repositories.orders.length;
  const approved: CheckedResult[] = [];
  const problems: string[] = [];
  for (let yes = 0; yes < 6; yes += 1) {
    await world.run(30_000);
    const { attention } = (await world.record(id)).attempt?.progress ?? {};
    if (attention?.approves !== 'result' || attention.held === undefined) break;
    if (attention.sha256 !== snapshotSha256({ kind: 'result', result: attention.held })) {
      problems.push('what is shown is not what its SHA-256 names');
    }
    // The operator says yes to what is shown, and to nothing that shows a key.
    if (shows(attention.held)) break;
    approved.push(attention.held);
    await world.command(id, { kind: 'approve' });
  }
  memory.before = () => undefined;
  const run = { state: await world.state(id), problems, calls, approved, paid: paidOf(id, pushed) };
  repositories.pushFaults.length = 0;
  if (run.state === 'attention') {
    await world.command(id, { kind: 'fail', failure: { reason: 'other', text: 'Sorry, no.' } });
    await world.run(1_000);
  }
  return run;
}

const shows = ({ files }: CheckedResult): boolean =>
  files.some(({ name, sha256 }) =>
    NAMES.some((known) => known === name && sha256 === sha256Of(twinOf(known))),
  );

function paidOf(id: HiringId, pushed: number): Paid | undefined {
  const settled = world.marketplace.applied.findLast(
    ({ hiringId, settlement }) => hiringId === id && settlement.endpoint === 'result',
  );
  if (settled === undefined) return undefined;
  const { output } = body.parse(JSON.parse(settled.settlement.body));
  const artifacts = world.marketplace.artifactsById(id, output.artifacts ?? []);
  return {
    text: output.text,
    files: Object.fromEntries(artifacts.map(({ name, content }) => [name, sha256Of(content)])),
    changes: repositories.orders.slice(pushed).map(({ delivery }) => sha256Of(delivery.bytes.toString())),
  };
}

const HONEST_SHA256 = new Map<string, string>(NAMES.map((name) => [name, sha256Of(HONEST[name])]));
const MAY_END: ReadonlySet<string> = new Set(['completed', 'attention', 'acknowledged', 'submitted']);

/** What is wrong with a run, whatever was swapped when. */
function problemsOf(mode: Mode, { state, problems, approved, paid }: Run): readonly string[] {
  const found = [...problems];
  const must = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };
  must(MAY_END.has(state), `it is ${state}`);
  must((paid !== undefined) === (state === 'completed'), `it is ${state}, paid or not`);
  if (paid === undefined) return found;
  must(!paid.text.includes('words of the hirer'), 'words of the hirer were paid');
  must(!paid.text.includes(KEY), 'a text was paid that the gate holds');
  if (mode.policy.approve !== 'results' && mode.suspicious !== true) {
    // Each part passed the gate, which holds every twin.
    for (const [name, sha256] of Object.entries(paid.files)) {
      must(HONEST_SHA256.get(name) === sha256, `${name} was paid as nobody judged it`);
    }
    const asJudged = paid.changes.every((change) => change === HONEST_SHA256.get('change.patch'));
    must(asJudged, 'a change was pushed that nobody judged');
    return found;
  }
  const shown = approved.at(-1);
  must(shown !== undefined && paid.text.startsWith(shown.text), 'a text was paid without a yes');
  const shownFiles = Object.fromEntries((shown?.files ?? []).map(({ name, sha256 }) => [name, sha256]));
  const { 'change.patch': change, ...files } = shownFiles;
  const named = (all: Readonly<Record<string, string>>) =>
    JSON.stringify(Object.entries(all).toSorted(([one], [other]) => one.localeCompare(other)));
  must(named(paid.files) === named(files), 'files were paid without a yes');
  // It may have been pushed under an earlier yes, too; to push the same again changes nothing.
  must(paid.changes.at(-1) === change, 'a change was pushed without a yes');
  return found;
}

// Hundreds of hirings, each with its commits to a disk that others may use, too.
describe.each(MODES)('%s', { timeout: 120_000 }, (_what, mode) => {
  test('are paid as they were judged when nobody swaps anything', async () => {
    const run = await play(mode, []);
    expect(problemsOf(mode, run)).toEqual([]);
    expect(run.state).toBe('completed');
  });

  test.each([
    ['all of it', [...NAMES]],
    ['the text', ['result.md']],
    ['the files', ['a.txt', 'b.txt']],
    ['the change', ['change.patch']],
    ['the marker', ['meta.json']],
  ] as const)('%s is swapped before any one call to the storage', async (which, names) => {
    const { calls } = await play(mode, []);
    expect(calls).toBeGreaterThan(5);
    for (let beforeCall = 1; beforeCall <= calls; beforeCall += IS_WHOLE || which === 'all of it' ? 1 : 3) {
      const swap: Swap = { beforeCall, names, to: 'twin' };
      expect([beforeCall, ...problemsOf(mode, await play(mode, [swap]))]).toEqual([beforeCall]);
    }
  });

  test('anything is swapped and swapped back before any calls', async () => {
    const swap = fc.record({
      beforeCall: fc.integer({ min: 1, max: 30 }),
      names: fc.subarray([...NAMES, 'meta.json' as const], { minLength: 1 }),
      to: fc.constantFrom('twin' as const, 'honest' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(swap, { minLength: 1, maxLength: 6 }), async (swaps) => {
        expect(problemsOf(mode, await play(mode, swaps))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('the result that the owner gives', () => {
  test('is paid as it was given, whatever lies in the folder', async () => {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, approve: 'results' }) };
    for (const swapped of [false, true]) {
      const id = await world.hire({ deadlineAtMs: world.nowMs + DAY_MS });
      await world.run();
      await world.workerReads();
      const folder = `shared/tasks/${world.task(id)}/`;
      for (const name of NAMES) memory.set(`${folder}${name}`, HONEST[name]);
      await world.says(world.line(id, 'TASK_COMPLETED', 'done'));
      await world.run(30_000);
      expect(await world.state(id)).toBe('attention');
      const text = 'My own words.\n\nWith  two spaces, and an é.';
      expect(await world.command(id, { kind: 'submit', text })).toEqual({ kind: 'done' });
      if (swapped) apply(folder, { beforeCall: 0, names: NAMES, to: 'twin' });
      await world.run(30_000);
      expect(await world.state(id)).toBe('completed');
      expect(paidOf(id, repositories.orders.length)).toEqual({ text, files: {}, changes: [] });
    }
  });
});
