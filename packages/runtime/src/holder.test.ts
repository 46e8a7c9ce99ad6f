import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { holderName, isGone } from './holder.ts';

const ON_LINUX = process.platform === 'linux';
const HOLDER = new URL('holder.ts', import.meta.url).href;

/** A process that says its name as a holder and then lives until it is killed. */
async function another() {
  const program = `import { holderName } from ${JSON.stringify(HOLDER)};
    process.stdout.write(holderName('another'));
    setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [name] = await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  return {
    name: String(name),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe.runIf(ON_LINUX)('the holder of a lease', () => {
  test('is gone once its process was killed, and not before', async () => {
    const child = await another();
    const { name } = child;
    expect(name).toMatch(/^another@[0-9a-f]{32}\.\d+\.\d+\.[0-9a-f-]{36}$/);
    expect(isGone(name)).toBe(false);
    await child.kill();
    expect(isGone(name)).toBe(true);
  });

  test('is gone when another process has its id', () => {
    const [, place = '', id = '', started = ''] = /@(\w+)\.(\d+)\.(\d+)\./.exec(holderName('app')) ?? [];
    expect(isGone(`app@${place}.${id}.${started}.x`)).toBe(false);
    expect(isGone(`app@${place}.${id}.${Number(started) - 1}.x`)).toBe(true);
  });

  test('is not known to be gone on another machine, in another container, or before a restart', async () => {
    const child = await another();
    const { name } = child;
    await child.kill();
    expect(isGone(name.replace(/@[0-9a-f]{32}/, `@${'0'.repeat(32)}`))).toBe(false);
  });
});

test.for(['', 'operator', 'mcp-client-5f0e', 'app@5f0e', 'app@x.1.2.3', `app@${'a'.repeat(32)}.0.1.x`])(
  'a holder that does not say which process it is, is never gone: %o',
  (name) => {
    expect(isGone(name)).toBe(false);
  },
);

test('no two names are alike', () => {
  expect(holderName('app')).not.toBe(holderName('app'));
});
