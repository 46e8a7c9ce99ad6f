import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { parse } from 'yaml';
import { test as evening } from './cli.ts';

const SKILL = fileURLToPath(new URL('../skills/agrenting-task/', import.meta.url));

const test = evening.extend<{ work: string }>({
  work: async ({ task: _ofThisTest }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'skill-'));
    await mkdir(join(folder, 'task'));
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

async function writeResult(cwd: string, scriptArguments: readonly string[], answer: string) {
  const child = spawn('sh', [join(SKILL, 'scripts/write-result.sh'), ...scriptArguments], { cwd });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  child.stdin.on('error', () => {}).end(answer);
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, complaint };
}

describe.concurrent('the skill for Agrenting tasks', () => {
  test('has the head that every runtime reads', async ({ expect }) => {
    const text = await readFile(`${SKILL}SKILL.md`, 'utf8');
    const head: unknown = parse(/^---\n(.*?)\n---\n/s.exec(text)?.[1] ?? '');
    expect(head).toEqual({ name: 'agrenting-task', description: expect.stringMatching(/^How to do a task/) });
  });

  test('writes a result with its head, and names what is delivered', async ({ work, expect }) => {
    await writeFile(join(work, 'task/report.md'), 'x');
    const run = await writeResult(work, ['task/', 'SUCCESS', 'two\nlines', 'report.md'], 'The answer.\n');
    expect(run).toEqual({ exitCode: 0, complaint: '' });
    expect(await readFile(join(work, 'task/result.md'), 'utf8')).toBe(
      'STATUS: SUCCESS\nSUMMARY: two lines\nDELIVERABLES:\n- task/report.md\n\nThe answer.\n',
    );
  });

  test.for([
    [['task', 'SUCCESS'], 2, 'usage'],
    [['task', 'PERFECT', 'x'], 2, 'status must be one of'],
    [['task', 'SUCCESS', 'x', 'nothing.md'], 1, 'there is no task/nothing.md'],
  ] as const)('refuses %j, and leaves what is there', async ([given, exitCode, words], { work, expect }) => {
    await writeFile(join(work, 'task/result.md'), 'before');
    expect(await writeResult(work, given, 'x')).toEqual({
      exitCode,
      complaint: expect.stringContaining(words),
    });
    expect(await readFile(join(work, 'task/result.md'), 'utf8')).toBe('before');
  });

  test('is given to a worker by one command', async ({ openEvening, expect }) => {
    const env = await openEvening();
    await env.init();
    const installed = await env.run([
      'workers',
      'install-skill',
      'alice',
      `--mc=${env.hiclaw.manager.minioClient}`,
    ]);
    expect(installed).toMatchObject({ exitCode: 0 });
    const given = env.hiclaw.objects('agents/alice/skills/').map(({ key }) => key);
    expect(given).toEqual([
      'agents/alice/skills/agrenting-task/SKILL.md',
      'agents/alice/skills/agrenting-task/scripts/write-result.sh',
    ]);
    expect(env.hiclaw.object(given[0] ?? '')?.toString()).toBe(await readFile(`${SKILL}SKILL.md`, 'utf8'));
    const stranger = await env.run([
      'workers',
      'install-skill',
      'zoe',
      `--mc=${env.hiclaw.manager.minioClient}`,
    ]);
    expect(stranger).toMatchObject({ exitCode: 1, output: expect.stringContaining('Is zoe a worker') });
  });
});
