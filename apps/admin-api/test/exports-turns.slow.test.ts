import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe } from 'vitest';
import { taskIdOf, type HiringId } from '@agrenting-hiclaw/core/domain';
import { longestTurnMs } from '../../../packages/core/src/domain/testing/longest-turn.ts';
import { ask, OPERATOR } from './environment.ts';
import { exportOf, IS_FULL_SIZE, MEGABYTE, placeWith, textOf } from './large-export.ts';
import { test } from './idle-environment.ts';

const LIMIT_MS = 100;
/** In every run texts have half of their greatest size: whatever else a machine does slows a thread to half of its speed. */
const SCALE = IS_FULL_SIZE ? 1 : 0.5;
const SECRETS = 100;

/** Gives a hiring a past such as a hirer makes that has it run again and again, with long texts. */
function age(storeFile: string, id: HiringId, attempts: number, transitions: number): void {
  const file = new DatabaseSync(storeFile);
  file.exec('pragma busy_timeout = 5000');
  try {
    file.exec('begin');
    const columns = file
      .prepare("select name from pragma_table_info('attempts')")
      .all()
      .map(({ name }) => String(name));
    const hirer = 'Do this. "quoted"\n'.repeat(60_000 * SCALE);
    file.prepare("update attempts set hiring = json_set(hiring, '$.description', ?)").run(hirer);
    const answer = { text: 'x "y"\n'.repeat(170_000 * SCALE), summary: 's', notes: [], files: [] };
    file
      .prepare("update attempts set progress = json_set(progress, '$.verdict', json(?))")
      .run(JSON.stringify({ kind: 'result', result: answer }));
    const copied = columns.map((name) => (name === 'number' ? 'number + ?' : name)).join(', ');
    const copy = file.prepare(
      `insert into attempts (${columns.join(', ')}) select ${copied} from attempts where hiring_id = ? and number = 1`,
    );
    for (let number = 1; number < attempts; number += 1) copy.run(number, id);
    const former = Array.from({ length: SECRETS }, () => taskIdOf(id, 1, randomBytes(12).toString('hex')));
    file
      .prepare(
        "update attempts set progress = json_set(progress, '$.formerTaskIds', json(?)) where number = ?",
      )
      .run(JSON.stringify(former), attempts);
    // As much as is read of the marketplace at once.
    file
      .prepare("update attempts set hiring = json_set(hiring, '$.description', ?) where number = ?")
      .run('Do this. "quoted"\n'.repeat(220_000 * SCALE), attempts);
    file.prepare('update hirings set attempt = ? where id = ?').run(attempts, id);
    const transition = file.prepare(
      `insert into history (hiring_id, attempt, at_ms, from_state, event, to_state, cause)
       values (?, ?, 1, 'sent', 'operator_required', 'attention', 'because')`,
    );
    for (let index = 0; index < transitions; index += 1) transition.run(id, 1 + (index % attempts));
    file.exec('commit');
  } finally {
    file.close();
  }
}

describe('the event loop goes on', () => {
  test(
    'while much of a hiring that ran again and again is exported, and shown',
    { timeout: 300_000 },
    async ({ openIdleStore, expect }) => {
      const idle = await openIdleStore();
      const { app, env } = idle;
      const files = (IS_FULL_SIZE ? [60, 10, 10, 6] : [10, 3, 1]).map((size) => textOf(size * MEGABYTE));
      const fileBytes = files.reduce((sum, { length }) => sum + length, 0);
      // Passwords without a gap: no window of it ends between two of them.
      const passwords = 'https://u:p@'.repeat(((IS_FULL_SIZE ? 4 : 2) * MEGABYTE) / 12);
      const id = await placeWith(idle, files, { 'passwords.txt': passwords });
      age(join(env.folder, 'store.sqlite'), id, IS_FULL_SIZE ? 40 : 8, IS_FULL_SIZE ? 20_000 : 5_000);
      let shownBytes = 0;
      const shown = await longestTurnMs(async () => {
        const answer = await fetch(`${app.adminUrl}/api/v1/hirings/${id}`, {
          headers: { authorization: `Bearer ${OPERATOR}` },
        });
        expect(answer.status).toBe(200);
        shownBytes = (await answer.arrayBuffer()).byteLength;
      }, LIMIT_MS);
      process.stdout.write(`showing ${shownBytes} bytes: longest turn ${Math.round(shown)} ms\n`);
      let bytes = 0;
      let answered = 0;
      const exported = await longestTurnMs(async () => {
        bytes = 0;
        answered = 0;
        let chunks = 0;
        const others: Promise<number>[] = [];
        for await (const chunk of exportOf(app, id)) {
          bytes += chunk.length;
          chunks += 1;
          if (chunks % 50 === 1) others.push(ask(app, '/overview').then(({ status }) => status));
        }
        const statuses = await Promise.all(others);
        expect(new Set(statuses)).toEqual(new Set([200]));
        answered = statuses.length;
      }, LIMIT_MS);
      process.stdout.write(
        `exporting: ${bytes} bytes, longest turn ${Math.round(exported)} ms, ${answered} requests beside it\n`,
      );
      expect(shownBytes).toBeLessThan(20 * MEGABYTE);
      expect(answered).toBeGreaterThan(10);
      // Hex packs to half of itself.
      expect(bytes).toBeGreaterThan(fileBytes / 2);
      expect({ shown: shown < LIMIT_MS, exported: exported < LIMIT_MS }).toEqual({
        shown: true,
        exported: true,
      });
    },
  );
});
