import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connect } from 'node:net';
import { unzipSync } from 'fflate';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import type { HiringId } from '@agrenting-hiclaw/core/domain';
import { ask, OPERATOR } from './boxed.ts';
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
    'of 100 MB hold neither the event loop nor memory',
    { timeout: 180_000 },
    async ({ openResting, expect }) => {
      const resting = await openResting();
      const { app } = resting;
      const files = Array.from({ length: 10 }, () => textOf(9 * MEGABYTE));
      const id = await placeWith(resting, files);
      const before = process.memoryUsage().arrayBuffers;
      let most = 0;
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      const answer = await fetch(`${app.adminUrl}/api/v1/hirings/${id}/export`, {
        headers: { authorization: `Bearer ${OPERATOR}` },
      });
      const kept: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of (answer.body ?? new ReadableStream()).pipeThrough(asBytes())) {
        kept.push(chunk);
        bytes += chunk.length;
        most = Math.max(most, process.memoryUsage().arrayBuffers - before - bytes);
      }
      delay.disable();
      process.stdout.write(
        `export of ${Math.round(bytes / MEGABYTE)} MB: the longest step ${Math.round(delay.max / 1e6)} ms, ${Math.round(most / MEGABYTE)} MB besides what was read\n`,
      );
      const unpacked = unzipSync(Buffer.concat(kept));
      const found = Object.entries(unpacked).filter(([name]) => name.includes('/files/'));
      expect(found).toHaveLength(files.length);
      for (const [name, content] of found) {
        const index = Number(/files\/(\d+)\.txt$/.exec(name)?.[1]);
        expect([name, Buffer.from(content).toString() === files[index]]).toEqual([name, true]);
      }
      expect(most).toBeLessThan(80 * MEGABYTE);
    },
  );
});
