import { describe, expect, it } from 'vitest';
import { withMatrixIds } from './named-ids.ts';

const id = '@agrenting:matrix-local.hiclaw.io:18080';
const link = (label: string, href = `https://matrix.to/#/${encodeURIComponent(id)}`) =>
  `<p><a href="${href}">${label}</a> BLOCKED: no key</p>`;

describe('withMatrixIds', () => {
  it.each([
    ['a name', 'Our Adapter BLOCKED: no key', link('Our Adapter')],
    ['a name behind an at sign', '@Our Adapter BLOCKED: no key', link('Our Adapter')],
    ['a name with an entity', 'A & B BLOCKED: no key', link('A &amp; B')],
    ['a link that is not encoded', 'Us BLOCKED: no key', link('Us', `https://matrix.to/#/${id}`)],
  ])('gives the id for %s', (_what, body, html) => {
    expect(withMatrixIds(body, html)).toBe(`${id} BLOCKED: no key`);
  });

  it('does so in each line, and nowhere else', () => {
    const html = link('Us');
    expect(withMatrixIds('I tell Us\nUs: it works\nUsual', html)).toBe(`I tell Us\n${id}: it works\nUsual`);
  });

  it.each([
    ['no formatted text', undefined],
    ['no link', '<p>Us BLOCKED: no key</p>'],
    ['a link to a room', link('Us', 'https://matrix.to/#/!room:x')],
    ['a link elsewhere', link('Us', 'https://example.org/#/@us:x')],
    ['a link that cannot be decoded', link('Us', 'https://matrix.to/#/@us%zz')],
  ])('leaves a text as it is with %s', (_what, html) => {
    expect(withMatrixIds('Us BLOCKED: no key', html)).toBe('Us BLOCKED: no key');
  });
});
