import { expect, test } from 'vitest';
import { hiringIdSchema } from './ids.ts';
import { unreadHiring, type Hiring } from './hiring.ts';
import { brokenRule, DEFAULT_RULES, deliveryOf, type OwnerRules } from './owner-rules.ts';

function hiring(changes: Partial<Hiring> = {}): Hiring {
  const id = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
  return { ...unreadHiring(id), description: 'Mend it', price: '10.00', capability: 'coding', ...changes };
}
const broken = (rules: Partial<OwnerRules>, changes: Partial<Hiring> = {}) =>
  brokenRule(hiring(changes), { ...DEFAULT_RULES, ...rules });

test('nothing is refused by default', () => expect(broken({})).toBeUndefined());

test('the floor of the price holds to the cent, and a price that cannot be read breaks nothing', () => {
  expect(broken({ minPrice: '10.01' })).toMatchObject({
    reason: 'other',
    text: expect.stringContaining('$10.01'),
  });
  expect(broken({ minPrice: '10' })).toBeUndefined();
  expect(broken({ minPrice: '10' }, { price: undefined })).toBeUndefined();
  expect(broken({ minPrice: '10' }, { price: 'dear' })).toBeUndefined();
});

test('only the capabilities on the list are taken, however they are written', () => {
  expect(broken({ capabilities: ['Writing'] })).toMatchObject({ reason: 'capability_mismatch' });
  expect(broken({ capabilities: ['Writing', ' CODING '] })).toBeUndefined();
  expect(broken({ capabilities: ['Writing'] }, { capability: undefined })).toBeUndefined();
});

test('a task may be too long, message and parameters counted in', () => {
  expect(broken({ maxTaskCharacters: 7 })).toBeUndefined();
  expect(broken({ maxTaskCharacters: 7 }, { clientMessage: 'x' })).toMatchObject({ reason: 'other' });
  expect(broken({ maxTaskCharacters: 7 }, { extras: { a: 1 } })).toMatchObject({ reason: 'other' });
});

const PUSH = { deliveryMode: 'push', deliveryStated: true } as const;

test('push mode is refused where nobody pushes, and for other repositories than those on the list', () => {
  expect(broken({ push: 'off' }, PUSH)).toMatchObject({ reason: 'capability_mismatch' });
  const repositories = ['acme/site', 'tools/*'];
  const at = (repoUrl: string) => broken({ repositories }, { ...PUSH, repoUrl })?.reason;
  expect(at('https://github.com/acme/site.git')).toBeUndefined();
  expect(at('https://github.com/Acme/Site')).toBeUndefined();
  expect(at('https://github.com/tools/anything')).toBeUndefined();
  expect(at('https://github.com/acme/site-2')).toBe('capability_mismatch');
  expect(at('https://github.com/toolsmith/x')).toBe('capability_mismatch');
  expect(at('no address')).toBe('capability_mismatch');
});

test('what nobody stated is pushed where its agent pushes, and unclear elsewhere', () => {
  const unclear = hiring({ deliveryMode: 'unclear', deliveryStated: false });
  expect(deliveryOf(unclear, DEFAULT_RULES)).toBe('push');
  expect(deliveryOf(unclear, { ...DEFAULT_RULES, push: 'off' })).toBe('unclear');
  expect(deliveryOf({ ...unclear, deliveryStated: true }, DEFAULT_RULES)).toBe('unclear');
  expect(deliveryOf(hiring(), DEFAULT_RULES)).toBe('output');
});
