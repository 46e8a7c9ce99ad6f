import { expect, test } from 'vitest';
import { Secret } from './secret.ts';
import { longestTurnMs } from '../testing/longest-turn.ts';
import { describeCredential } from './finding.ts';
import { KnownSecrets } from './known-secrets.ts';
import { scanForCredentials, scanShortText } from './scan.ts';

async function wordsFor(text: string): Promise<string | undefined> {
  const found = await scanForCredentials(text);
  return found === undefined ? undefined : describeCredential(found);
}

test.each([
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['a GitHub token', `token ghp_${'a1B2'.repeat(9)}`],
  ['a GitHub token', `github_pat_${'a1B2c3D4e5'.repeat(5)}`],
  ['a GitLab token', `glpat-${'a1B2c3D4e5'.repeat(2)}`],
  ['an AWS key', 'AKIAIOSFODNN7QWERTYU'],
  ['a Google key', `AIza${'a1B2c'.repeat(7)}`],
  ['a Slack token', `xoxb-${'123456789012'.repeat(2)}-abc`],
  ['a Stripe key', `sk_live_${'a1B2c3D4e5'.repeat(3)}`],
  ['a model provider key', `sk-proj-${'a1B2c3D4e5'.repeat(4)}`],
  ['an npm token', `npm_${'a1B2c3'.repeat(6)}`],
  ['a marketplace key', `ap_${'a1B2c3D4e5'.repeat(3)}`],
  ['a Matrix token', 'syt_YWxpY2U_abcdefGHIJKLmnop_1a2B3c'],
  ['a JSON web token', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'a1B2c3'.repeat(4)}`],
  ['a password in a URL', 'postgres://admin:hunter22@db.company.io/x'],
  ['a value that is named as a secret', 'api_key = "q7Hd92kLmP0xVb31RtYw8Z"'],
])('%s is found', async (what, text) => expect(await wordsFor(`before ${text} after`)).toBe(what));

test.each([
  ['const token = process.env.GITHUB_TOKEN_FOR_DEPLOYS;'],
  ['password: "change-me-please-soon"'],
  ['API_KEY=your_api_key_goes_here_1'],
  ['the secret: a good night of sleep'],
  ['https://user@example.com/path'],
  [`sha256 ${'ab12'.repeat(16)}`],
])('"%s" holds no credential', async (text) => expect(await scanForCredentials(text)).toBeUndefined());

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const spaced = (between: string) => TOKEN.split('').join(between);
const fullwidth = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfe_e0));
const bold = (text: string) =>
  text
    .replace(/[A-Z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0x1_d4_00 - 0x41))
    .replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0x1_d4_1a - 0x61));
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

/** Every way that we know to write a token so that a reader, or a program, still has it. */
const DISGUISES: readonly (readonly [name: string, disguised: string | Buffer])[] = [
  ['zero-width spaces', spaced('\u200b')],
  ['zero-width joiners', spaced('\u200d')],
  ['soft hyphens', spaced('\u00ad')],
  ['word joiners', spaced('\u2060')],
  ['marks of direction', spaced('\u202e')],
  ['combining marks', spaced('\u0301')],
  ['letters composed with a mark', TOKEN.replaceAll('a', 'á')],
  ['variation selectors', spaced('\ufe0f')],
  ['tags', spaced('\u{e0041}')],
  ['control characters', spaced('\x08')],
  ['deletes', spaced('\x7f')],
  ['NUL', spaced('\0')],
  ['a Hangul filler', spaced('\u3164')],
  ['a hundred thousand invisible characters', `ghp_${'\u200b'.repeat(100_000)}${TOKEN.slice(4)}`],
  ['fullwidth forms', fullwidth(TOKEN)],
  ['mathematical letters', bold(TOKEN)],
  ['an invisible character that makes it the end of a word', `a\u200bsk-${'a1B2'.repeat(9)}`],
  ['percent signs', spaced('').replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`)],
  ['escapes of JSON', TOKEN.replace(/[a-z]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)],
  ['entities', TOKEN.replace(/[a-z]/g, (c) => `&#${c.charCodeAt(0)};`)],
  ['short escapes of programs', TOKEN.replace(/[a-z]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`)],
  ['escapes in braces', TOKEN.replace(/[a-z]/g, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`)],
  ['long escapes in braces', TOKEN.replace(/[a-z]/g, (c) => `\\u{0000${c.charCodeAt(0).toString(16)}}`)],
  ['escapes in braces behind an x', TOKEN.replace(/[a-z]/g, (c) => `\\x{${c.charCodeAt(0).toString(16)}}`)],
  ['escapes of eight digits', TOKEN.replace(/[a-z]/g, (c) => `\\U000000${c.charCodeAt(0).toString(16)}`)],
  ['octal escapes', TOKEN.replace(/[a-z]/g, (c) => `\\${c.charCodeAt(0).toString(8)}`)],
  ['octal escapes in braces', TOKEN.replace(/[a-z]/g, (c) => `\\o{${c.charCodeAt(0).toString(8)}}`)],
  ['tags', spaced('<b></b>')],
  ['comments', spaced('<!-- x -->')],
  ['escapes within a tag', `<a href="%67${TOKEN.slice(1)}">`],
  ['escapes of Markdown', TOKEN.replace('_', '\\_')],
  ['UTF-16, little end first', Buffer.from(TOKEN, 'utf16le')],
  ['UTF-16, little end first, with a mark', Buffer.from(`\ufeff${TOKEN}`, 'utf16le')],
  ['UTF-16, big end first', utf16be(TOKEN)],
  ['UTF-16, big end first, with a mark', utf16be(`\ufeff${TOKEN}`)],
  ['UTF-16 behind one byte', Buffer.concat([Buffer.from('x'), Buffer.from(TOKEN, 'utf16le')])],
  ['UTF-16 with zero-width spaces', Buffer.from(spaced('\u200b'), 'utf16le')],
  ['UTF-16 in fullwidth forms', utf16be(fullwidth(TOKEN))],
  ['UTF-32', Buffer.from(spaced('\0'), 'utf16le')],
  ['bytes of Latin-1 that nobody sees', Buffer.from(spaced('\u00ad'), 'latin1')],
  ['bytes that are no UTF-8', Buffer.concat(Array.from(TOKEN, (c) => Buffer.from([0xff, c.charCodeAt(0)])))],
  ['a line that begins with CR', `\r+${TOKEN}`],
  ['a line that begins with U+2028', `\u2028+${TOKEN}`],
];

test.each(DISGUISES)('a token in %s is found', async (_, disguised) => {
  const stepMiddleware = (before: string, after: string) =>
    typeof disguised === 'string'
      ? `${before}${disguised}${after}`
      : Buffer.concat([Buffer.from(before), disguised, Buffer.from(after)]);
  for (const text of [
    stepMiddleware('', ''),
    stepMiddleware('It is ', ' for you'),
    stepMiddleware('中文', '中文'),
  ]) {
    expect(await scanForCredentials(text)).toBeDefined();
  }
});

const OWN = 'MinIO-Key+4/of_the-Owner';
const known = new KnownSecrets([
  { code: 'own_secret', secret: new Secret(OWN) },
  { code: 'repository_token', secret: new Secret('an-0dd-token') },
  { code: 'repository_token', secret: new Secret('§§-?-§§') },
]);
const based = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['as it is', OWN],
  ['in capitals', OWN.toUpperCase()],
  ['in reversed case', OWN.replace(/[a-z]/gi, (c) => (c < 'a' ? c.toLowerCase() : c.toUpperCase()))],
  ['backwards', OWN.split('').toReversed().join('')],
  ['in an address', encodeURIComponent(OWN)],
  ['in hexadecimal', Buffer.from(OWN).toString('hex')],
  ['in Base64 from the beginning', based(OWN)],
  ['in Base64 behind one byte', based(`:${OWN}:and more`)],
  ['in Base64 behind two bytes', based(`a:${OWN}`)],
  ['in Base64 of addresses', Buffer.from(`x${OWN}??>>`).toString('base64url')],
  ['in wrapped lines', OWN.replace(/.{5}/g, '$&\n')],
  ['in parts of a program', OWN.replace(/.{5}/g, '$&" + "')],
  ['spelled', OWN.split('').join(' ')],
  ['in fullwidth forms', fullwidth(OWN)],
  ['in UTF-16', Buffer.from(OWN, 'utf16le')],
])('a known secret is found %s', async (_, text) => {
  expect(await scanForCredentials(text, known)).toEqual({ code: 'own_secret' });
  expect(await scanForCredentials(text)).toBeUndefined();
});

test('a known secret that is like words is found with what stands between them', async () => {
  const words = new KnownSecrets([{ code: 'own_secret', secret: new Secret('correct-horse-battery') }]);
  const encoded = based('user:correct-horse-battery');
  for (const text of ['is Correct-Horse-\u200bBattery?', encoded, 'correct%2dhorse%2dbattery']) {
    expect(await scanForCredentials(text, words)).toEqual({ code: 'own_secret' });
  }
  expect(await scanForCredentials('the correct horse battery', words)).toBeUndefined();
});

const RANDOM = 'ap_7Hq2ZkLm9xVb31RtYw8ZcD4fG6hJ0nPs';
const random = new KnownSecrets([{ code: 'own_secret', secret: new Secret(RANDOM) }]);

test.each([
  ['without its last character', RANDOM.slice(0, -1)],
  ['without its first half', RANDOM.slice(17)],
  ['in halves, the other first', `${RANDOM.slice(19)} ${RANDOM.slice(3, 19)}`],
  ...Array.from({ length: RANDOM.length }, (_, at): [string, string] => [
    `without its character ${at}`,
    RANDOM.slice(0, at) + RANDOM.slice(at + 1),
  ]),
  ['in part, in hexadecimal', Buffer.from(RANDOM.slice(4, -4)).toString('hex')],
  ['in part, in Base64', based(`a:${RANDOM.slice(4, -4)}`)],
  ['in part, backwards', RANDOM.slice(3, -1).split('').toReversed().join('')],
  ['in part, between tags', RANDOM.slice(3, -1).split('').join('<i></i>')],
])('a random secret is found %s', async (_, text) => {
  expect(await scanForCredentials(`It is x${text} for you`, random)).toBeDefined();
});

const LEAVING = 'mct_Kq7vLz2pYt9wXr4sBn8dHf3gJm6c';
const leaving = new KnownSecrets([{ code: 'own_secret', secret: new Secret(LEAVING) }]);
const codesOf = (write: (code: number) => string, between: string): string =>
  Array.from(Buffer.from(LEAVING), write).join(between);
const tagged = (text: string): string =>
  Array.from(text, (c) => String.fromCodePoint(0xe_00_00 + c.charCodeAt(0))).join('');
const selected = (bytes: Buffer): string =>
  Array.from(bytes, (byte) => String.fromCodePoint(byte < 16 ? 0xfe_00 + byte : 0xe_01_00 + byte - 16)).join(
    '',
  );
const eights = LEAVING.match(/.{8}/g) ?? [];

test.each([
  ['in tag characters', tagged(LEAVING)],
  ['in tag characters, one behind each letter', Array.from(LEAVING, (c) => `a${tagged(c)}`).join('')],
  ['in variation selectors', `\u{1f642}${selected(Buffer.from(LEAVING))}`],
  [
    'in variation selectors, one behind each letter',
    Array.from(LEAVING, (c) => `a${selected(Buffer.from(c))}`).join(''),
  ],
  [
    'in variation selectors, half a byte each',
    Array.from(Buffer.from(LEAVING).toString('hex'), (c) =>
      String.fromCodePoint(0xfe_00 + Number.parseInt(c, 16)),
    ).join(''),
  ],
  ['between colours of a terminal', LEAVING.split('').join('\u001B[0m')],
  ['between colours of a terminal as escapes', LEAVING.split('').join(String.raw`\x1b[0;31m`)],
  ['in numbered lines', eights.map((part, at) => `${at}: ${part}`).join('\n')],
  ['in the lines of cat -n', eights.map((part, at) => `     ${at + 1}\t${part}`).join('\n')],
  [
    'in a numbered list',
    LEAVING.split('')
      .map((part, at) => `${at + 1}. ${part}`)
      .join('\n'),
  ],
  ['in a table with numbers', eights.map((part, at) => `| ${at + 1} | ${part} |`).join('\n')],
  ['in a numbered object', JSON.stringify(Object.fromEntries(Object.entries(LEAVING)))],
  ...[0, 1, 2].flatMap((before): [string, string][] => [
    [
      `in Base64 of UTF-16 behind ${before}`,
      Buffer.from(`${'x'.repeat(before)}${LEAVING}`, 'utf16le').toString('base64'),
    ],
    [`in Base64 of UTF-16BE behind ${before}`, utf16be(`${'x'.repeat(before)}${LEAVING}`).toString('base64')],
  ]),
  ['in hexadecimal of UTF-16', utf16be(LEAVING).toString('hex')],
  ['as codes of characters', codesOf(String, ', ')],
  ['as codes of characters of a program', codesOf((code) => `chr(${code})`, ' + ')],
  ['as hexadecimal codes', codesOf((code) => `0x${code.toString(16)}`, ', ')],
  ['as code points', codesOf((code) => `U+00${code.toString(16)}`, ' ')],
  ['as octal codes', codesOf((code) => code.toString(8), ' ')],
  ['as octal codes with a zero', codesOf((code) => `0${code.toString(8)}`, ' ')],
  ['as octal escapes', codesOf((code) => `\\${code.toString(8)}`, '')],
  ['as bits', codesOf((code) => code.toString(2).padStart(8, '0'), ' ')],
])('a known secret is found %s', async (_, text) => {
  for (const given of [text, Buffer.from(text)]) {
    const stepMiddleware = typeof given === 'string' ? `The sea is wide.\n${given}\nHome.` : given;
    expect(await scanForCredentials(stepMiddleware, leaving)).toEqual({ code: 'own_secret' });
  }
});

const unknown = 'q7Hd92kLmP0xVb31RtYw8Z';
test.each([
  ['tags', `The sea is wide.${tagged(unknown)}`],
  ['tags behind a flag', `\u{1f3f4}${tagged(unknown)}\u{e007f}`],
  ['tags, one behind each letter', Array.from(unknown, (c) => `a${tagged(c)}`).join('')],
  ['variation selectors behind an emoji', `\u{1f642}${selected(Buffer.from(unknown))}`],
  [
    'variation selectors, one behind each letter',
    Array.from(unknown, (c) => `a${selected(Buffer.from(c))}`).join(''),
  ],
  [
    'zero-width bits',
    Array.from(Buffer.from(unknown), (b) =>
      b.toString(2).replace(/./g, (bit) => '\u200b\u200c'.charAt(Number(bit))),
    ).join(''),
  ],
  ['unassigned tags', Array.from(Buffer.from(unknown), (b) => String.fromCodePoint(0xe_02_00 + b)).join('')],
])('%s that carry what nobody can read are a finding', async (_, text) => {
  for (const given of [text, Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
    expect(await scanForCredentials(given)).toEqual({ code: 'hidden_text' });
  }
});

test.each([
  ['flags', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} '.repeat(50)],
  ['emoji', '\u2764\ufe0f 1\ufe0f\u20e3 \u{1f469}\u200d\u2764\ufe0f\u200d\u{1f468} \u26a0\ufe0f '.repeat(50)],
  ['ideographs with selectors', '\u845b\u{e0100}\u98fe\u{e0101}\u6f22\ufe00'.repeat(50)],
  ['mathematical signs with selectors', '\u2229\ufe00 '.repeat(50)],
  ['Persian', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 '.repeat(50)],
  ['soft hyphens', 'Donau\u00addampf\u00adschiff '.repeat(50)],
  ['isolates', '\u2068\u0634\u0631\u0643\u0629\u2069\u200e '.repeat(50)],
  ['the padding of letters', '\u034f\u200c\u00a0\u00ad'.repeat(50)],
  ['colours', '\u001B[32mdone\u001B[0m\n'.repeat(50)],
  ['numbers', '1. 12, 113, 0x45\n'.repeat(50)],
  ['sound', Buffer.from(Uint16Array.from({ length: 2_000 }, (_, at) => 0xfe_00 + (at % 16)).buffer)],
])('%s carry nothing', async (_, text) => expect(await scanForCredentials(text, leaving)).toBeUndefined());

test('a part of a secret is no finding where others have it, too', async () => {
  const usual = new KnownSecrets(
    [
      'postgres://adapter:Kq2@localhost:5432/agrenting',
      'https://hooks.example/services/T0123456789',
      'my-password-12345678',
      'github_pat_11ABCDE4Y0aB1cD2eF3gH4iJ5kL6mN7oP8',
      'correct-horse-battery-staple-9',
      '7Hq2ZkLm9xVb31R',
    ].map((value) => ({ code: 'own_secret', secret: new Secret(value) })),
  );
  for (const text of [
    'it listens at localhost:5432, and the database is agrenting',
    'https://hooks.example/services/T0999 is a hook',
    'no password has 12345678 in it',
    'a token begins with github_pat_11',
    'correct horse battery staple',
    '7Hq2ZkLm9xVb31',
  ]) {
    expect([text, await scanForCredentials(text, usual)]).toEqual([text, undefined]);
  }
});

test('a known secret of few letters is found as it is', async () => {
  expect(await scanForCredentials('say §§-?-§§ to it', known)).toEqual({ code: 'repository_token' });
  expect(await scanForCredentials('say §§-? to it', known)).toBeUndefined();
});

test('secrets cannot be printed by accident', () => {
  expect(JSON.stringify({ known })).not.toContain('MinIO');
  expect(Object.values(known)).toEqual([]);
});

test.each([0, 1, 2, 3, 40, 4_000])(
  'none is missed where windows meet, %i characters before it',
  async (before) => {
    for (const end of [65_536, 131_072]) {
      const text = `${' '.repeat(end - before)}${TOKEN} ${' '.repeat(70_000)}`;
      expect(await scanForCredentials(text)).toEqual({ code: 'github_token' });
      expect(await scanForCredentials(Buffer.from(text))).toEqual({ code: 'github_token' });
      const odd = `${'é'.repeat(end - before)}an-0dd-to${'-'.repeat(9_000)}ken${' '.repeat(70_000)}`;
      expect(await scanForCredentials(odd, known)).toEqual({ code: 'repository_token' });
      expect(await scanForCredentials(Buffer.from(odd), known)).toEqual({ code: 'repository_token' });
    }
  },
);

test('a text that is too long to be looked through at once is said to be unchecked', () => {
  expect(scanShortText('a'.repeat(300_000))).toBeUndefined();
  expect(scanShortText('a'.repeat(300_001))).toEqual({ code: 'unchecked' });
});

test.each([
  '-syt_',
  `sk-${'-'.repeat(29)} `,
  'token',
  '%41',
  '\u0301\u0316',
  '\ufdfa',
  'a',
  '<',
  '<a',
  '<b>',
  '\\141',
  '\u{e0041}',
  '\u{e0141}',
  '\u200b\u200c',
  '\u001B[0m',
  '109,',
  '1: a\n',
])('eight megabytes of %j do not stop the process', async (piece) => {
  const text = piece.repeat(8_000_000 / Buffer.byteLength(piece));
  expect(await longestTurnMs(async () => await scanForCredentials(text, known), 100)).toBeLessThan(100);
});

test('a check that fails says that nobody knows', async () => {
  const broken = new KnownSecrets([]);
  broken.inFolded = () => {
    throw new RangeError('Maximum call stack size exceeded');
  };
  expect(await scanForCredentials('some text', broken)).toEqual({ code: 'unchecked' });
});
