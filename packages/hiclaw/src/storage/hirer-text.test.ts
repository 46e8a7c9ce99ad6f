import { Secret } from '@agrenting-hiclaw/core/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiring } from '../test/world.ts';
import { cleanText, fenced, titleOf, withoutToken } from './hirer-text.ts';

describe('cleanText', () => {
  it.each([
    ['bidirectional overrides', 'a\u202eb\u2066c\u200fd', 'abcd'],
    ['zero-width characters', 'a\u200bb\u2060c\ufeffd', 'abcd'],
    ['invisible tag characters', 'a\u{e0041}\u{e0042}b', 'ab'],
    ['control characters', 'a\0b\u001b[31mc\u0085d', 'ab[31mc\nd'],
    ['foreign line ends', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['half characters', 'a\ud800b', 'a\ufffdb'],
    ['joiners, which letters need', '👩\u200d💻 می\u200cخواهم', '👩\u200d💻 می\u200cخواهم'],
  ])('handles %s', (_what, text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });
});

describe('fenced', () => {
  it('makes a fence that no text closes', () => {
    const pieces = fc.constantFrom('`', '```', '````', '`````', '\n', ' ', 'text', '~~~');
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const text = parts.join('');
        const lines = fenced(text).split('\n');
        const fence = lines.at(-1) ?? '';
        const inside = lines.slice(1, -1);
        expect(inside.join('\n')).toBe(text);
        expect(inside.some((line) => line.trim().startsWith(fence))).toBe(false);
      }),
    );
  });

  it('takes a text that is all backticks', () => {
    expect(fenced('`'.repeat(300_000)).length).toBeGreaterThan(900_000);
    expect(() => fenced('` '.repeat(300_000))).not.toThrow();
  });
});

describe('titleOf', () => {
  it.each([
    ['# Implement a *dark-mode* toggle\n\nin React', 'Implement a dark-mode toggle'],
    ['\n\n  Fix it  \n', 'Fix it'],
    ['/approve @alice:h.example.com see https://evil.example/x?y', 'approve see'],
    ['!room:server and #alias:server and @bob:server:18080', 'and and'],
    ['NO_REPLY', 'NO REPLY'],
    ['TASK_COMPLETED: ok', 'TASK COMPLETED ok'],
    ['"><script>alert(1)</script>', 'script alert(1) script'],
    ['日本語のタスク', '日本語のタスク'],
    ['', 'Task from the marketplace'],
    ['```\n***\n', 'Task from the marketplace'],
    ['x'.repeat(500), 'x'.repeat(80)],
  ])('makes of %j', (description, title) => {
    expect(titleOf(description)).toBe(title);
  });

  it('is never slow, whatever the text', () => {
    const before = performance.now();
    for (const text of ['a'.repeat(1_000_000), '@a:'.repeat(300_000), '\n'.repeat(1_000_000)]) titleOf(text);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});

describe('withoutToken', () => {
  it('takes the token out of everything that the hirer wrote', () => {
    const token = 'ghp_canary';
    const clean = withoutToken({
      ...hiring,
      repoToken: new Secret(token),
      repoUrl: `https://x-access-token:${token}@github.com/acme/ui-kit`,
      description: `use ${token}, please`,
      clientMessage: token,
      extras: { note: `the key is ${token}`, [token]: [{ deep: token }] },
    });
    expect(JSON.stringify(clean)).not.toContain(token);
    expect(clean.repoToken).toBeUndefined();
    expect(clean.repoUrl).toBe('https://github.com/acme/ui-kit');
  });

  it('leaves no user in an address, whose password it may be', () => {
    expect(withoutToken({ ...hiring, repoUrl: 'https://user:pass@host/x@y' }).repoUrl).toBe(
      'https://host/x@y',
    );
  });
});
