import { describe, expect, test } from 'vitest';
import {
  isPublicAddress,
  parseRepositoryAddress,
  parseRepositoryHost,
  resolveHost,
  type KnownHost,
  type RepositoryHost,
} from './host.ts';

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

function known(...entries: readonly RepositoryHost[]): readonly KnownHost[] {
  return entries.map((entry) => {
    const parsed = parseRepositoryHost(entry);
    if (parsed.kind === 'invalid') throw new Error(parsed.problem);
    return parsed.host;
  });
}

const hosts = known(
  { origin: 'https://github.com' },
  { origin: 'https://git.company.lan:8443', private: true },
  { origin: 'http://127.0.0.1:3000', private: true },
);

describe("a repository's address", () => {
  test.each([
    ['https://github.com/owner/name', 'https://github.com/owner/name'],
    ['https://github.com/owner/name.git', 'https://github.com/owner/name.git'],
    ['https://github.com/owner/name/', 'https://github.com/owner/name'],
    ['https://github.com:443/owner/name', 'https://github.com/owner/name'],
    ['HTTPS://GitHub.com/Owner/Name_1.x', 'https://github.com/Owner/Name_1.x'],
    ['https://git.company.lan:8443/a/b/c/~d', 'https://git.company.lan:8443/a/b/c/~d'],
    ['http://127.0.0.1:3000/sam/site.git', 'http://127.0.0.1:3000/sam/site.git'],
  ])('may be %s', (text, url) => {
    expect(parseRepositoryAddress(text, hosts)).toMatchObject({ kind: 'address', address: { url } });
  });

  test.each([
    ['user name', 'https://sam@github.com/owner/name'],
    ['token', 'https://x-access-token:secret@github.com/owner/name'],
    ['host hidden behind an @', 'https://github.com@evil.example/owner/name'],
    ['host hidden behind #@', 'https://evil.example#@github.com/owner/name'],
    ['host hidden behind a backslash', 'https://evil.example\\@github.com/owner/name'],
    ['query', 'https://github.com/owner/name?x=1'],
    ['fragment', 'https://github.com/owner/name#main'],
    ['port that is not listed', 'https://github.com:8443/owner/name'],
    ['port 0', 'https://github.com:0/owner/name'],
    ['port with a zero before it', 'https://github.com:0443/owner/name'],
    ['port of a listed host left out', 'https://git.company.lan/owner/name'],
    ['trailing dot', 'https://github.com./owner/name'],
    ['look-alike letter (Cyrillic і)', 'https://gіthub.com/owner/name'],
    ['look-alike dot (U+3002)', 'https://github。com/owner/name'],
    ['full-width letter', 'https://ｇithub.com/owner/name'],
    ['look-alike in ASCII form', 'https://xn--gthub-n4a.com/owner/name'],
    ['listed name as a part of another', 'https://github.com.evil.example/owner/name'],
    ['listed name at the end of another', 'https://evilgithub.com/owner/name'],
    ['.. in its path', 'https://github.com/owner/../../name'],
    ['escaped .. in its path', 'https://github.com/owner/%2e%2e/name'],
    ['. in its path', 'https://github.com/./name'],
    ['empty step', 'https://github.com/owner//name'],
    ['step like an option', 'https://github.com/owner/--upload-pack=x'],
    ['line end', 'https://github.com/owner/name\n'],
    ['line end and a header', 'https://github.com/owner/name\r\nHost: evil.example'],
    ['NUL', 'https://github.com/owner/name\0'],
    ['space', 'https://github.com/owner/na me'],
    ['tab before it', '\thttps://github.com/owner/name'],
    ['right-to-left mark', 'https://github.com/owner/‮name'],
    ['option for an address', '--upload-pack=touch /tmp/x'],
    ['option and an address', '-ohttps://github.com/owner/name'],
    ['path of this machine', '/etc'],
    ['file address', 'file:///etc'],
    ['ssh address', 'ssh://git@github.com/owner/name'],
    ['short ssh address', 'git@github.com:owner/name'],
    ['helper of git that runs a program', 'ext::sh -c touch% /tmp/x'],
    ['git protocol', 'git://github.com/owner/name'],
    ['http for a host of https', 'http://github.com/owner/name'],
    ['scheme with a slash left out', 'https:/github.com/owner/name'],
    ['scheme left out', '//github.com/owner/name'],
    ['host left out', 'https:///owner/name'],
    ['path left out', 'https://github.com'],
    ['path left out but for a slash', 'https://github.com/'],
    ['text without end', `https://github.com/${'a'.repeat(2_000)}`],
    ['nothing', ''],
  ])('is refused with a %s', (_, text) => {
    expect(parseRepositoryAddress(text, hosts)).toMatchObject({ kind: 'refused' });
  });

  test.each([
    '127.0.0.1',
    '127.1',
    '0',
    '0.0.0.0',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '10.0.0.1',
    '100.64.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:169.254.169.254]',
    '[0:0:0:0:0:ffff:a9fe:a9fe]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a9fe:a9fe::]',
    '[fe80::1]',
    '[fe80::1%25eth0]',
    '[fc00::1]',
    'localhost',
    'metadata.google.internal',
  ])('is refused at %s, which nobody listed', (host) => {
    expect(parseRepositoryAddress(`https://${host}/owner/name`, hosts)).toMatchObject({ kind: 'refused' });
  });

  test('says what to do about a host that is not listed', () => {
    expect(parseRepositoryAddress('https://gitlab.com/owner/name', hosts)).toMatchObject({
      problem: expect.stringContaining('put that origin on the list of repository hosts'),
    });
  });

  test('is not shown in a problem with the token that it holds', () => {
    const parsed = parseRepositoryAddress('https://canary@github.com/owner/name', hosts);
    expect(JSON.stringify(parsed)).not.toContain('canary');
  });
});

function hostAt(origin: string, isPrivate = false): KnownHost {
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
    expect(await resolveHost(hostAt('https://github.com'), lookup, 1_000)).toEqual({
      kind: 'addresses',
      addresses: ['140.82.121.4', '2606:50c0:8000::1'],
    });
  });

  test('are refused when one of them is private, wherever it stands', async () => {
    for (const addresses of [
      ['10.0.0.1', '140.82.121.4'],
      ['140.82.121.4', '::ffff:169.254.169.254'],
    ]) {
      expect(await resolveHost(hostAt('https://github.com'), answering(...addresses), 1_000)).toMatchObject({
        kind: 'refused',
        problem: expect.stringContaining(
          'mark the host private on the list of repository hosts if it is yours',
        ),
      });
    }
  });

  test('may be private ones where the owner said so', async () => {
    const found = await resolveHost(hostAt('https://git.company.lan', true), answering('10.0.0.1'), 1_000);
    expect(found).toMatchObject({ kind: 'addresses' });
  });

  test('are refused when the listed host is a private address that is not marked as such', async () => {
    const found = await resolveHost(hostAt('https://127.0.0.1'), answering('127.0.0.1'), 1_000);
    expect(found).toMatchObject({ kind: 'refused' });
  });

  test('may come later when there are none, the name servers fail or say nothing', async () => {
    const { promise: never } = Promise.withResolvers<readonly string[]>();
    for (const lookup of [answering(), () => Promise.reject(new Error('SERVFAIL')), () => never]) {
      expect(await resolveHost(hostAt('https://github.com'), lookup, 20)).toMatchObject({
        kind: 'unavailable',
      });
    }
  });
});

describe('a public address', () => {
  test.each([
    '140.82.121.4',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a01:4f8::1',
    '64:ff9b::8c52:7904',
  ])('is %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['this host', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['private, 10/8', '10.0.0.1'],
    ['shared, 100.64/10', '100.64.0.1'],
    ['shared, 100.64/10', '100.127.255.255'],
    ['link-local', '169.254.0.1'],
    ['metadata', '169.254.169.254'],
    ['private, 172.16/12', '172.16.0.1'],
    ['private, 172.16/12', '172.31.255.255'],
    ['private, 192.168/16', '192.168.0.1'],
    ['documentation', '192.0.2.1'],
    ['benchmarks', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['loopback, IPv6', '::1'],
    ['loopback, written in full', '0:0:0:0:0:0:0:1'],
    ['unspecified, IPv6', '::'],
    ['mapped metadata', '::ffff:169.254.169.254'],
    ['mapped metadata in hex', '::ffff:a9fe:a9fe'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped private', '::ffff:10.0.0.1'],
    ['mapped public', '::ffff:1.1.1.1'],
    ['compatible loopback', '::127.0.0.1'],
    ['NAT64 metadata', '64:ff9b::a9fe:a9fe'],
    ['NAT64 metadata, dotted', '64:ff9b::169.254.169.254'],
    ['NAT64 loopback', '64:ff9b::7f00:1'],
    ['NAT64 private', '64:ff9b::10.1.2.3'],
    ['NAT64 of a local prefix', '64:ff9b:1::a9fe:a9fe'],
    ['6to4 metadata', '2002:a9fe:a9fe::'],
    ['6to4 private', '2002:a00:1::1'],
    ['Teredo', '2001:0:a9fe:a9fe::1'],
    ['documentation, IPv6', '2001:db8::1'],
    ['link-local, IPv6', 'fe80::1'],
    ['link-local, IPv6, its end', 'febf:ffff::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['unique local', 'fc00::1'],
    ['unique local', 'fdff::1'],
    ['metadata, IPv6', 'fd00:ec2::254'],
    ['multicast, IPv6', 'ff02::1'],
    ['public with a zone', '2606:4700:4700::1111%1'],
    ['decimal', '2130706433'],
    ['octal', '0177.0.0.1'],
    ['hex', '0x7f.0.0.1'],
    ['short', '127.1'],
    ['name', 'localhost'],
    ['nothing', ''],
  ])('is none of: %s (%s)', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
