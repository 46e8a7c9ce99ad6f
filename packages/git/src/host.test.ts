import { describe, expect, test } from 'vitest';
import { parseRepositoryHost } from './host.ts';

describe('a host of repositories', () => {
  test('is a name with https', () => {
    expect(parseRepositoryHost({ origin: 'https://github.com' })).toEqual({
      kind: 'host',
      host: {
        origin: 'https://github.com',
        scheme: 'https',
        hostname: 'github.com',
        port: 443,
        isPrivate: false,
        caFile: undefined,
      },
    });
  });

  test('may be a private one, with http and a port', () => {
    expect(parseRepositoryHost({ origin: 'http://[::1]:3000', private: true })).toMatchObject({
      kind: 'host',
      host: { scheme: 'http', hostname: '::1', port: 3000, isPrivate: true },
    });
  });

  test.each([
    'github.com',
    'https://github.com/',
    'https://GitHub.com',
    'https://github.com/owner',
    'https://github.com:443',
    'https://user@github.com',
    'https://2130706433',
    'https://gïthub.com',
    'http://github.com',
    'ssh://github.com',
    'file:///srv',
    '',
  ])('is not %j', (origin) => {
    const parsed = parseRepositoryHost({ origin });
    expect(parsed.kind).toBe('invalid');
  });
});
