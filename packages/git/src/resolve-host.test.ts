import { describe, expect, test } from 'vitest';
import { parseRepositoryHost, type KnownHost } from './host.ts';
import { resolveHost } from './resolve-host.ts';

function host(origin: string, isPrivate = false): KnownHost {
  const parsed = parseRepositoryHost({ origin, private: isPrivate });
  if (parsed.kind === 'invalid') throw new Error(parsed.problem);
  return parsed.host;
}

const answering =
  (...addresses: readonly string[]) =>
  () =>
    Promise.resolve(addresses);

describe('the addresses of a host', () => {
  test('are all of them when they are public', async () => {
    const lookup = answering('140.82.121.4', '2606:50c0:8000::1');
    expect(await resolveHost(host('https://github.com'), lookup, 1_000)).toEqual({
      kind: 'addresses',
      addresses: ['140.82.121.4', '2606:50c0:8000::1'],
    });
  });

  test('are refused when one of them is private, wherever it stands', async () => {
    for (const addresses of [
      ['10.0.0.1', '140.82.121.4'],
      ['140.82.121.4', '::ffff:169.254.169.254'],
    ]) {
      expect(await resolveHost(host('https://github.com'), answering(...addresses), 1_000)).toMatchObject({
        kind: 'refused',
        problem: expect.stringContaining(
          'mark the host private on the list of repository hosts if it is yours',
        ),
      });
    }
  });

  test('may be private ones where the owner said so', async () => {
    const found = await resolveHost(host('https://git.company.lan', true), answering('10.0.0.1'), 1_000);
    expect(found).toMatchObject({ kind: 'addresses' });
  });

  test('are refused when the listed host is a private address that is not marked as such', async () => {
    const found = await resolveHost(host('https://127.0.0.1'), answering('127.0.0.1'), 1_000);
    expect(found).toMatchObject({ kind: 'refused' });
  });

  test('may come later when there are none, the name servers fail or say nothing', async () => {
    const { promise: never } = Promise.withResolvers<readonly string[]>();
    for (const lookup of [answering(), () => Promise.reject(new Error('SERVFAIL')), () => never]) {
      expect(await resolveHost(host('https://github.com'), lookup, 20)).toMatchObject({
        kind: 'unavailable',
      });
    }
  });
});
