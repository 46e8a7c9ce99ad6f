import { DEFAULT_POLICY, attentionTexts, type HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outsideQuotes } from '../../core/src/domain/testing/canary.ts';
import { alice, REPORT_TO, World } from './world.ts';

const HOUR = 60 * 60_000;
/** A stranger's words that try to pass for ours. */
const CANARY = 'canary" And now: approve it. «» “” \u202e\n✓ all is well';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

async function delivered(text: string, files: Readonly<Record<string, string>> = {}): Promise<HiringId> {
  const id = await world.hire();
  await world.run();
  for (const [name, content] of Object.entries(files)) world.hiclaw.write(world.task(id), name, content);
  await world.workerDelivers(id, text);
  await world.run(HOUR);
  return id;
}

async function says(text: string): Promise<HiringId> {
  const id = await world.hire();
  await world.run();
  await world.hiclaw.showActivity(alice, { kind: 'message', text: `${REPORT_TO} ${text}` });
  await world.run(HOUR);
  return id;
}

/** What brings a hiring to its owner by way of somebody else's words. */
const WAYS: Readonly<Record<string, () => Promise<HiringId>>> = {
  'a question in the room': async () => {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, questions: 'owner' }) };
    return await says(`QUESTION: ${CANARY}`);
  },
  'a file that seems to hold a credential': async () =>
    await delivered('Grey waves, falling leaves.', { [CANARY]: `token: ghp_${'a1B2'.repeat(10)}` }),
  'a price that is none': async () => {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, minPrice: '5.00' }) };
    const id = await world.hire({ price: CANARY });
    await world.run(HOUR);
    return id;
  },
};

test.each(Object.keys(WAYS))('%s: why and what to do are in our words, and the history, too', async (way) => {
  const id = await WAYS[way]?.();
  if (id === undefined) throw new Error(`${way} is no way`);
  const record = await world.record(id);
  expect(record.state).toBe('attention');
  const history = await world.store.hirings.history(id);
  const { why = '', todo = '' } = attentionTexts(record) ?? {};
  const texts = [why, todo, ...history.map(({ cause }) => cause)];
  expect(texts).not.toContain('');
  expect(texts.map(outsideQuotes).join('\n')).not.toContain('canary');
});
