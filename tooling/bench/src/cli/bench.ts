import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { deployed } from '../deployed.ts';
import { withFolder, type Folder } from '../engine/folder.ts';
import { fillStore } from '../engine/seed-store.ts';
import { atMost, figure, type Row } from '../rows.ts';
import { agentIdOf } from '../seller.ts';
import { median } from '../statistics.ts';
import type { Report } from '../report.ts';

const ROUNDS = 15;
const FILLING = {
  batch: 300,
  agents: 10,
  received: 500,
  acknowledged: 500,
  completed: 1_000,
  spreadMs: 120_000,
};
const run = promisify(execFile);

/** How long the command line tool takes from its start to its end, beside a bare start of Node in the same rounds. */
export async function benchCli(report: Report): Promise<readonly Row[]> {
  return await withFolder(async (folder) => {
    const program = join(await deployed('cli', folder), 'main.js');
    await fillStore(folder, FILLING);
    const config = await writeConfiguration(folder);
    const bare: number[] = [];
    const help: number[] = [];
    const list: number[] = [];
    report(`${ROUNDS} rounds of a bare start, --help, and hirings list over 2,000 hirings`);
    // The first round brings the files into memory.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const times = {
        bare: await timeOf(['-e', '0']),
        help: await timeOf([program, '--help']),
        list: await timeOf([program, 'hirings', 'list', '--config', config]),
      };
      if (round === 0) continue;
      bare.push(times.bare);
      help.push(times.help);
      list.push(times.list);
    }
    return [
      atMost('agrenting-hiclaw --help', median(help), 'ms', 200),
      atMost('agrenting-hiclaw hirings list', median(list), 'ms', 500),
      figure('  a bare start of Node', median(bare), 'ms'),
    ];
  });
}

/** From the start of Node to its end, in milliseconds; rejects when it ends with anything but 0. */
async function timeOf(nodeArguments: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  // Without the condition that takes packages from their source.
  await run(process.execPath, [...nodeArguments], { env: { PATH: process.env['PATH'] } });
  return performance.now() - startedMs;
}

async function writeConfiguration({ storeFile, storeKey }: Folder): Promise<string> {
  const file = join(dirname(storeFile), 'adapter.json');
  const nowhere = 'http://127.0.0.1:9';
  const content = {
    agents: [{ id: agentIdOf(0), key: 'not used', worker: 'alice' }],
    matrix: { homeserverUrl: nowhere, userId: '@agrenting:bench', accessToken: 'not used' },
    storage: { endpoint: nowhere, accessKey: 'bench', secretKey: 'not used' },
    workers: { list: [{ name: 'alice', userId: '@alice:bench', roomId: '!alice:bench' }] },
    store: { file: storeFile, key: storeKey },
  };
  await writeFile(file, JSON.stringify(content), { mode: 0o600 });
  return file;
}
