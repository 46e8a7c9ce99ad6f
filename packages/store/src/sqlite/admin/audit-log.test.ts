import { join } from 'node:path';
import type { Store } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestStore, temporaryDirectory } from '../../../test/fixtures.ts';

let store: Store;
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
  ({ store } = openTestStore(join(directory.path, 'store.db')));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

const AT_ONCE = 5_000;

async function note(who: string, count: number): Promise<void> {
  const entry = { atMs: 1, who, role: '', action: 'x', subject: '', outcome: '403', client: '::1' };
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(
      Array.from(
        { length: Math.min(AT_ONCE, count - done) },
        async () => await store.audit.note({ ...entry, commandId: undefined }),
      ),
    );
  }
}

test('nobody’s deeds push out those of others, and each has a bound', { timeout: 120_000 }, async () => {
  await note('olga', 3);
  await note('victor', 50_300);
  await note('', 10_300);
  const counts = new Map<string, number>();
  let before: number | undefined;
  for (;;) {
    const page = await store.audit.page(before, 1_000);
    for (const { who } of page) counts.set(who, (counts.get(who) ?? 0) + 1);
    before = page.at(-1)?.sequence;
    if (before === undefined) break;
  }
  expect(counts.get('olga')).toBe(3);
  // The oldest go now and then, and not at each one.
  expect(counts.get('victor')).toBeGreaterThanOrEqual(50_000);
  expect(counts.get('victor')).toBeLessThan(50_100);
  expect(counts.get('')).toBeGreaterThanOrEqual(10_000);
  expect(counts.get('')).toBeLessThan(10_100);
});
