import { expect, test } from 'vitest';
import { hiringIdSchema } from '../hiring/ids.ts';
import { unreadHiring, type Hiring } from '../hiring/hiring.ts';
import { brokenRule, DEFAULT_POLICY, deliveryOf, isPriceUnclear, type Policy } from './policy.ts';

function hiring(changes: Partial<Hiring> = {}): Hiring {
  const id = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
  return { ...unreadHiring(id), description: 'Mend it', price: '10.00', capability: 'coding', ...changes };
}
const broken = (policy: Partial<Policy>, changes: Partial<Hiring> = {}) =>
  brokenRule(hiring(changes), { ...DEFAULT_POLICY, ...policy });

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

test.each([
  // What is an amount is compared as it is, without rounding.
  { price: '5', verdict: 'enough' },
  { price: '5.00', verdict: 'enough' },
  { price: '05.0', verdict: 'enough' },
  { price: ' 5.00 ', verdict: 'enough' },
  { price: '5.00000001', verdict: 'enough' },
  { price: '999999999999999.99', verdict: 'enough' },
  { price: '4.99', verdict: 'too little' },
  { price: '4.995', verdict: 'too little' },
  { price: '4.99999999', verdict: 'too little' },
  { price: '0', verdict: 'too little' },
  { price: '0.00', verdict: 'too little' },
  // What may be meant as an amount, and is read by nobody in one way alone.
  ...[
    '1e-2',
    '1e2',
    '5E3',
    '1,00',
    '1.000,00',
    '10,000.00',
    '1 000',
    '1_000',
    "1'000",
    '$0.01',
    '$100',
    '100$',
    '100 USD',
    'USD 100',
    '€5',
    '5.00€',
    '-5',
    '+5',
    '\u22125',
    '(5.00)',
    '.50',
    '5.',
    '5..0',
    '5.0.0',
    '0x10',
    '0b11',
    '0o7',
    '5n',
    '5/1',
    '5%',
    'Infinity',
    'NaN',
    'free',
    'ten',
    'null',
    '',
    ' ',
    '\u0661\u0660',
    '\uff15',
    '\u00bd',
    '5\u200b',
    '5.000000001',
    '1'.repeat(16),
    '5\n6',
  ].map((price) => ({ price, verdict: 'unclear' })),
  { price: undefined, verdict: 'unclear' },
])('for a floor of 5.00 a price of $price is $verdict', ({ price, verdict }) => {
  const policy = { ...DEFAULT_POLICY, minPrice: '5.00' };
  const isBroken = brokenRule(hiring({ price }), policy) !== undefined;
  const isUnclear = isPriceUnclear(hiring({ price }), policy);
  expect({ isBroken, isUnclear }).toEqual({
    isBroken: verdict === 'too little',
    isUnclear: verdict === 'unclear',
  });
  expect(isPriceUnclear(hiring({ price }), DEFAULT_POLICY)).toBe(false);
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
  expect(deliveryOf(unclear, DEFAULT_POLICY)).toBe('push');
  expect(deliveryOf(unclear, { ...DEFAULT_POLICY, push: 'off' })).toBe('unclear');
  expect(deliveryOf({ ...unclear, deliveryStated: true }, DEFAULT_POLICY)).toBe('unclear');
  expect(deliveryOf(hiring(), DEFAULT_POLICY)).toBe('output');
});
