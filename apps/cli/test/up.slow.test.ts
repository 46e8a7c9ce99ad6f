import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { test } from './cli.ts';

const LOGROTATE_EXAMPLE = fileURLToPath(
  new URL('../../../deploy/logrotate/agrenting-hiclaw', import.meta.url),
);
const HAS_LOGROTATE = spawnSync('logrotate', ['--version']).status === 0;
const run = promisify(execFile);

describe.concurrent('up', () => {
  test('starts a part again that could not start, and it works then', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    await evening.run(['doctor']);
    // Somebody keeps the store locked for longer than a start waits for it.
    const other = new DatabaseSync(`${evening.folder}/adapter.sqlite`);
    other.exec('pragma locking_mode = exclusive; begin exclusive');
    const app = evening.begin(['up', '--apps', 'mcp-client']);
    await app.printed('mcp-client failed and will be restarted in 1 s');
    expect(app.output).toContain('Another process has locked');
    other.exec('rollback');
    other.close();
    await app.printed('MCP session subscribed');
    await evening.hireAndWait();
    expect(await app.stop()).toBe(0);
  });

  test('ends with 2 for a wrong setting, and says which', async ({ openEvening, expect, onTestFinished }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { exitCode, output } = await evening.run(['up', '--apps', 'poller'], { ADAPTER_HEALTH_PORT: port });
    expect(exitCode, output).toBe(2);
    expect(output).toContain('health.port is in use');
    expect(output).toContain('Set ADAPTER_HEALTH_PORT');
  });

  test('writes the log of all its parts to the file that is named', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const app = evening.begin(['up'], { ADAPTER_LOG_FILE: `${evening.folder}/adapter.log` });
    await app.printed('poller is up');
    expect(await app.stop()).toBe(0);
    const log = await readFile(`${evening.folder}/adapter.log`, 'utf8');
    expect(log).toContain('"name":"mcp-client"');
    expect(log).toContain('"name":"poller"');
    expect(await evening.mode('adapter.log')).toBe(0o600);
    expect(app.output).not.toContain('"level"');

    const nowhere = await evening.run(['up'], { ADAPTER_LOG_FILE: `${evening.folder}/absent/adapter.log` });
    expect(nowhere).toMatchObject({ exitCode: 2, output: expect.stringContaining('log.file is to be in') });
  });

  test.skipIf(!HAS_LOGROTATE)(
    'goes on in a new log file once logrotate moved the old one away',
    async ({ openEvening, expect }) => {
      const evening = await openEvening();
      await evening.settleIn();
      await evening.register();
      const logs = join(evening.folder, 'logs');
      await mkdir(logs, { mode: 0o700 });
      const file = join(logs, 'adapter.log');
      const app = evening.begin(['up'], { ADAPTER_LOG_FILE: file });
      await app.printed('poller is up');
      // The shipped example, except for its folder, its user and the signalled process.
      const example = await readFile(LOGROTATE_EXAMPLE, 'utf8');
      const config = join(evening.folder, 'logrotate.conf');
      const ours = example
        .replaceAll('/var/log/agrenting/', `${logs}/`)
        .replace(/^ *su .*$/m, '')
        .replace(/^ *systemctl kill .*$/m, `kill -HUP ${app.pid}`);
      await writeFile(config, ours, { mode: 0o600 });
      await run('logrotate', ['--force', '--state', join(evening.folder, 'state'), config]);
      await evening.hireAndWait();
      expect(await app.stop()).toBe(0);
      expect((await readdir(logs)).toSorted()).toEqual(['adapter.log', 'adapter.log.1']);
      expect(await readFile(`${file}.1`, 'utf8')).toContain('"msg":"started"');
      const fresh = await readFile(file, 'utf8');
      expect(fresh).toContain('"hiringId"');
      expect(fresh).not.toContain('"msg":"started"');
      expect(await evening.mode('logs/adapter.log')).toBe(0o600);
      expect(app.output).not.toContain('"level"');
    },
  );
});
