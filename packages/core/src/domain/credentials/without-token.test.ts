import { expect, test } from 'vitest';
import { hiringIdSchema } from '../hiring/ids.ts';
import { Secret } from './secret.ts';
import { unreadHiring } from '../hiring/hiring.ts';
import { withoutToken } from './without-token.ts';

const TOKEN = 'ghp_A7c9planted4canary2tokenX8q1';
const disguised = [...Buffer.from(TOKEN)].map((byte) => `%${byte.toString(16)}`).join('');
const hiring = unreadHiring(hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000'));

function cleaned(description: string): string {
  return withoutToken({ ...hiring, description, repoToken: new Secret(TOKEN) }).description;
}

test('of a text with a disguised token the line goes', () => {
  expect(cleaned(`before\n${disguised}\nafter`)).toBe('before\n[repository token withheld]\nafter');
});

test('of more lines than are looked at one by one, all go: it takes no time that grows with them', () => {
  expect(cleaned(`${'a\n'.repeat(2_000)}${disguised}`)).toBe('[repository token withheld]');
  expect(cleaned('a\n'.repeat(2_000))).toBe('a\n'.repeat(2_000));
});
