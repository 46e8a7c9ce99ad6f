import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { unzipSync } from 'fflate';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import type { HiringId } from '@agrenting-hiclaw/core/domain';
import { ask, OPERATOR, VIEWER } from './boxed.ts';
import { test, type Resting } from './resting-box.ts';

const MEGABYTE = 1_024 * 1_024;

/** What came, of a kind that is known. */
function asBytes(): TransformStream<unknown, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      if (chunk instanceof Uint8Array) controller.enqueue(chunk);
    },
  });
}

/** Cannot be compressed to nothing, and nothing of it looks like a credential. */
function textOf(bytes: number): string {
  return randomBytes(bytes / 2).toString('hex');
}

/** Bytes outside the heap that something still holds: what nobody holds any more is collected first, whenever that was due. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  // Twice, because the first only begins to give buffers back.
  runInNewContext('gc(); gc()');
  return process.memoryUsage().arrayBuffers;
}

/** A hiring with so many files in its task folder. */
async function placeWith({ app, box, place }: Resting, files: readonly string[]): Promise<HiringId> {
  const id = await place('completed');
  const taskId = (await app.store.evidence(id))?.attempts[0]?.attempt.taskId ?? '';
  for (const [index, text] of files.entries()) {
    box.hiclaw.put(`shared/tasks/${taskId}/files/${index}.txt`, text);
  }
  return id;
}

describe('exports', () => {
  test(
    'are made one at a time, and the next is told when to come again',
    { timeout: 120_000 },
    async ({ openResting, expect }) => {
      const resting = await openResting();
      const { app } = resting;
      const id = await placeWith(resting, [textOf(8 * MEGABYTE)]);
      const { hostname, port } = new URL(app.adminUrl);
      const path = `/api/v1/hirings/${id}/export`;
      const slow = connect(Number(port), hostname);
      slow.pause();
      slow.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${OPERATOR}\r\n\r\n`);
      const second = async () => await ask(app, `/hirings/${id}/export`);
      await until(async () => (await second()).status === 429);
      const refused = await second();
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.body).toMatchObject({ status: 429, todo: expect.any(String) });
      // One who only asks whether there is any is in nobody's way.
      expect((await ask(app, `/hirings/${id}/export`, { method: 'HEAD' })).status).toBe(200);
      slow.destroy();
      await until(async () => (await second()).status === 200);
    },
  );

  test(
    'of a viewer give way to those of an operator, and never the other way round',
    { timeout: 120_000 },
    async ({ openResting, expect }) => {
      const resting = await openResting();
      const { app } = resting;
      const id = await placeWith(resting, [textOf(8 * MEGABYTE)]);
      const { hostname, port } = new URL(app.adminUrl);
      const path = `/hirings/${id}/export`;
      const held = (token: string) => {
        const slow = connect(Number(port), hostname);
        slow.pause();
        slow.write(
          `GET /api/v1${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\n\r\n`,
        );
        return slow;
      };
      // One that an operator's ended while it came has no answer.
      const viewer = async () =>
        await ask(app, path, { token: VIEWER }).then(
          ({ status }) => status,
          () => 'ended',
        );
      const ofViewer = held(VIEWER);
      await until(async () => (await viewer()) === 429);
      expect((await ask(app, path)).status).toBe(200);
      expect(await viewer()).toBe(200);
      const ofOperator = held(OPERATOR);
      await until(async () => (await viewer()) === 429);
      expect([await viewer(), (await ask(app, path)).status]).toEqual([429, 429]);
      ofViewer.destroy();
      ofOperator.destroy();
    },
  );

  test(
    'of 90 MB are not held in memory while they are read',
    { timeout: 180_000 },
    async ({ openResting, expect }) => {
      const resting = await openResting();
      const { app } = resting;
      const files = Array.from({ length: 10 }, () => textOf(9 * MEGABYTE));
      const id = await placeWith(resting, files);
      const before = heldBytes();
      const held: number[] = [];
      const answer = await fetch(`${app.adminUrl}/api/v1/hirings/${id}/export`, {
        headers: { authorization: `Bearer ${OPERATOR}` },
      });
      const kept: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of (answer.body ?? new ReadableStream()).pipeThrough(asBytes())) {
        kept.push(chunk);
        bytes += chunk.length;
        if (bytes > held.length * 4 * MEGABYTE) held.push(heldBytes() - before - bytes);
      }
      const most = Math.max(...held);
      process.stdout.write(
        `export of ${Math.round(bytes / MEGABYTE)} MB: at most ${Math.round(most / MEGABYTE)} MB held besides what was read\n`,
      );
      const unpacked = unzipSync(Buffer.concat(kept));
      const found = Object.entries(unpacked).filter(([name]) => name.includes('/files/'));
      expect(found).toHaveLength(files.length);
      for (const [name, content] of found) {
        const index = Number(/files\/(\d+)\.txt$/.exec(name)?.[1]);
        expect([name, Buffer.from(content).toString() === files[index]]).toEqual([name, true]);
      }
      expect(held.length).toBeGreaterThan(5);
      // Whole files are opened one by one: one is held, and the next may be there before it is let go.
      expect(most).toBeLessThan(30 * MEGABYTE);
    },
  );
});
