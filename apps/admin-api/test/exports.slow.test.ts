import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { unzipSync } from 'fflate';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe, vi } from 'vitest';
import { ask, VIEWER } from './environment.ts';
import { exportOf, heldExport, IS_FULL_SIZE, MEGABYTE, placeWith, textOf } from './large-export.ts';
import { test } from './idle-environment.ts';

/** Bytes outside the heap that something still holds: what nobody holds any more is collected first, whenever that was due. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  // Twice, because the first only begins to give buffers back.
  runInNewContext('gc(); gc()');
  return process.memoryUsage().arrayBuffers;
}

describe('exports', () => {
  test(
    'run one at a time, and the next request gets a Retry-After',
    { timeout: 120_000 },
    async ({ openIdleStore, expect }) => {
      const idle = await openIdleStore();
      const { app } = idle;
      const id = await placeWith(idle, [textOf(8 * MEGABYTE)]);
      const slow = heldExport(app, id);
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
    async ({ openIdleStore, expect }) => {
      const idle = await openIdleStore();
      const { app } = idle;
      const id = await placeWith(idle, [textOf(8 * MEGABYTE)]);
      const path = `/hirings/${id}/export`;
      // One that an operator's ended while it came has no answer.
      const viewer = async () =>
        await ask(app, path, { token: VIEWER }).then(
          ({ status }) => status,
          () => 'ended',
        );
      const printed = vi.spyOn(console, 'error');
      const ofViewer = heldExport(app, id, VIEWER);
      await until(async () => (await viewer()) === 429);
      expect((await ask(app, path)).status).toBe(200);
      // What we ended ourselves is no failure, and no part of it passes for the whole.
      const received: Buffer[] = [];
      ofViewer.on('data', (part: Buffer) => received.push(part));
      const isCut = new Promise((resolve) => {
        ofViewer.once('close', resolve);
      });
      ofViewer.on('error', () => undefined);
      ofViewer.resume();
      await isCut;
      expect(Buffer.concat(received).toString('latin1')).not.toMatch(/\r\n0\r\n\r\n$|Error:/);
      expect(printed).not.toHaveBeenCalled();
      printed.mockRestore();
      expect(await viewer()).toBe(200);
      const ofOperator = heldExport(app, id);
      await until(async () => (await viewer()) === 429);
      expect([await viewer(), (await ask(app, path)).status]).toEqual([429, 429]);
      ofViewer.destroy();
      ofOperator.destroy();
    },
  );

  test(
    'of many large files are not held in memory while they are read',
    { timeout: 180_000 },
    async ({ openIdleStore, expect }) => {
      const idle = await openIdleStore();
      const { app } = idle;
      const fileBytes = (IS_FULL_SIZE ? 9 : 3) * MEGABYTE;
      const files = Array.from({ length: 10 }, () => textOf(fileBytes));
      const id = await placeWith(idle, files);
      const before = heldBytes();
      const held: number[] = [];
      const kept: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of exportOf(app, id)) {
        kept.push(chunk);
        bytes += chunk.length;
        if (bytes > held.length * (fileBytes / 3)) held.push(heldBytes() - before - bytes);
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
      expect(most).toBeLessThan(3 * fileBytes + 3 * MEGABYTE);
    },
  );
});
