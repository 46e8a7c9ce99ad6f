import { readFile, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { z } from 'zod';
import { test, type Evening } from './cli.ts';

const report = z.object({
  workers: z.array(
    z.object({
      worker: z.string(),
      roomId: z.string(),
      source: z.string(),
      conflict: z.string().optional(),
    }),
  ),
  found: z.array(z.object({ worker: z.string(), roomId: z.string(), source: z.string() })),
  problems: z.array(z.string()),
});

const ADMIN = { HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password' };

async function discover(
  evening: Evening,
  environment: Readonly<Record<string, string>> = ADMIN,
  more: readonly string[] = [`--mc=${evening.hiclaw.manager.minioClient}`],
) {
  const { exitCode, output } = await evening.run(['rooms', 'discover', '--json', ...more], environment);
  const text = output.slice(output.indexOf('{\n'), output.lastIndexOf('\n}') + 2);
  return { exitCode, output, ...report.parse(JSON.parse(text)) };
}

async function withController(evening: Evening): Promise<void> {
  const text = await readFile(evening.config, 'utf8');
  const { controllerCommand, home } = evening.hiclaw.manager;
  const more = `lifecycle:\n  driver: cli\n  command: [${controllerCommand}]\nworkers:\n  registryFile: ${home}/workers-registry.json\n`;
  await writeFile(evening.config, text.replace(/lifecycle:\n(?: .*\n)+/, more));
}

describe.concurrent('rooms discover', () => {
  test('asks every place where a HiClaw keeps the room of a worker, the most trusted first', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening({ workers: [{ name: 'alice' }, { name: 'bob' }] });
    await evening.init();
    await withController(evening);
    const { roomId } = evening.hiclaw.worker('alice');
    const session = `${roomId.replaceAll(':', '--')}_matrix--${roomId.replaceAll(':', '--')}.json`;
    evening.hiclaw.put(`agents/alice/.copaw/sessions/${session}`, '{}');
    const { exitCode, workers, found } = await discover(evening);
    expect(exitCode).toBe(0);
    expect(workers.find(({ worker }) => worker === 'alice')).toEqual({
      worker: 'alice',
      roomId,
      source: 'registry',
    });
    expect(found.filter(({ worker }) => worker === 'alice')).toEqual(
      ['registry', 'controller', 'admin_rooms', 'session_files'].map((source) => ({
        worker: 'alice',
        roomId,
        source,
      })),
    );
  });

  test('says where the places contradict each other, and what counts', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.init();
    await withController(evening);
    await evening.run(['rooms', 'set', 'alice', '!stale:x']);
    const text = await readFile(evening.config, 'utf8');
    await writeFile(
      evening.config,
      text.replace(
        'workers:\n',
        'workers:\n  list: [{ name: alice, userId: "@alice:x", roomId: "!stale:x" }]\n',
      ),
    );
    const { exitCode, workers, output } = await discover(evening);
    expect(exitCode).toBe(1);
    const { roomId } = evening.hiclaw.worker('alice');
    expect(workers).toEqual([
      {
        worker: 'alice',
        roomId: '!stale:x',
        source: 'configuration',
        conflict: `!stale:x by configuration, ${roomId} by registry, ${roomId} by controller, ${roomId} by admin's rooms`,
      },
    ]);
    expect(output).toContain('rooms set <worker> <room>');
  });

  test('finds a room by a session file alone, and says which places it could not ask', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.init();
    evening.hiclaw.put(
      'agents/zoe/.copaw/sessions/!R--h.llmotions.com_matrix--!R--h.llmotions.com.json',
      '{}',
    );
    const withFiles = await discover(evening, {});
    expect(withFiles.workers).toEqual([
      { worker: 'zoe', roomId: '!R:h.llmotions.com', source: 'session_files' },
    ]);
    const without = await discover(evening, {}, []);
    expect(without.workers).toEqual([]);
    expect(without.problems.join(' ')).toMatch(/HICLAW_ADMIN_PASSWORD.*--mc/);
  });
});
