import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const TIMEOUT_MS = 60_000;

const run = promisify(execFile);

test(
  'the demo ends with one hire done, one refunded, and one done after its worker was started',
  async () => {
    const argv = ['--conditions=agrenting-hiclaw-source', MAIN, '--json'];
    const { stdout } = await run(process.execPath, argv, { timeout: TIMEOUT_MS });
    const events = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown;
    expect(events.at(-1)).toEqual({
      demo: 'ok',
      hirings: [
        { id, status: 'completed', attempt: 1, paid: '9.50' },
        { id, status: 'failed', attempt: 1, paid: '0.00' },
        { id, status: 'completed', attempt: 1, paid: '9.50' },
      ],
    });
    expect(stdout.match(/"event":"move"/g)).toHaveLength(7 * 3);
  },
  TIMEOUT_MS,
);
