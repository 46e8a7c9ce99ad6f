// Tests with real servers, as one command: node tooling/real-servers/src/main.ts [--long] [what vitest shall run ...]
// The last line is `N passed, N failed`. What this machine lacks is named, and the tests are counted as skipped.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { installTools, missingPrograms, toolsIn, WORKER_VERSIONS } from './tools.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const long = process.argv.includes('--long');
const chosen = process.argv.slice(2).filter((argument) => argument !== '--long');
const tools = toolsIn(process.env['REAL_SERVERS_FOLDER'] ?? join(root, '.toolchain', 'real-servers'));

const missing = await missingPrograms();
if (missing.length > 0) {
  console.log(`Not run, because this machine has no ${missing.join(' and no ')}: install it and try again.`);
  console.log('0 passed, 0 failed, 1 skipped');
} else {
  await installTools(tools, long ? WORKER_VERSIONS : ['1.0.4'], (line) => console.log(line));
  const folder = await mkdtemp(join(tmpdir(), 'real-report-'));
  const report = join(folder, 'report.json');
  const code = await vitest([
    'run',
    '--config=tooling/real-servers/vitest.config.ts',
    '--reporter=verbose',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...chosen,
  ]);
  const { passed, failed, skipped } = await tally(report);
  await rm(folder, { recursive: true });
  const unexplained = failed === 0 && (code !== 0 || passed === 0) ? 1 : 0;
  console.log(`${passed} passed, ${failed + unexplained} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed + unexplained === 0 ? 0 : 1;
}

async function vitest(vitestArguments: readonly string[]): Promise<number> {
  const child = spawn(join(root, 'node_modules', '.bin', 'vitest'), vitestArguments, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, REAL_SERVERS_FOLDER: tools.folder, ...(long ? { REAL_SERVERS_LONG: '1' } : {}) },
  });
  return await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

async function tally(
  file: string,
): Promise<{ readonly passed: number; readonly failed: number; readonly skipped: number }> {
  const schema = z.object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numTotalTests: z.number(),
  });
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 0, skipped: 0 };
  const { numPassedTests: passed, numFailedTests: failed, numTotalTests } = schema.parse(JSON.parse(text));
  return { passed, failed, skipped: numTotalTests - passed - failed };
}
