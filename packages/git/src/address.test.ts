import { describe, expect, test } from 'vitest';
import { parseRepositoryAddress } from './address.ts';
import { parseRepositoryHost, type KnownHost, type RepositoryHost } from './host.ts';

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
