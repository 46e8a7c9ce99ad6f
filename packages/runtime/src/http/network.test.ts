import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AuthRateLimit } from './auth-rate-limit.ts';
import { canonicalAddress, networkOf } from './network.ts';

test.each([
  ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ['::ffff:127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ['::FFFF:7f00:1', '127.0.0.1', '127.0.0.1'],
  ['0:0:0:0:0:ffff:127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ['::1', '::1', '0:0:0:0::/64'],
  ['0000:0:0:0:0:0:0:0001', '::1', '0:0:0:0::/64'],
  ['2001:db8::1', '2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0:0:1::5', '2001:db8::1:0:0:5', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:ffff:ffff:ffff:ffff', '2001:db8::ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::', '2001:db8:0:1::', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80::1', 'fe80:0:0:0::/64'],
  ['no address', 'no address', 'no address'],
])('%s is %s of %s', (text, address, network) => {
  expect([canonicalAddress(text), networkOf(text)]).toEqual([address, network]);
});

const group = fc.integer({ min: 0, max: 0xffff });
const network = fc.tuple(
  fc.constantFrom(0x2001, 0xfd00),
  fc.constantFrom(0, 0xdb8),
  fc.constantFrom(0, 1),
  group,
);
const host = fc.tuple(...([group, fc.constant(0), group, fc.constant(0)] as const));

/** The spellings that one address has. */
function spellings(groups: readonly number[]): readonly string[] {
  const hex = groups.map((part) => part.toString(16));
  const padded = hex.map((part) => part.padStart(4, '0'));
  const text = hex.join(':');
  return [text, text.toUpperCase(), padded.join(':'), canonicalAddress(text), `${text}%lo`];
}

test('however an address is spelled, and whichever of its network it is, it is one client', () => {
  fc.assert(
    fc.property(network, fc.array(host, { minLength: 3, maxLength: 3 }), (prefix, hosts) => {
      const all = hosts.flatMap((rest) => spellings([...prefix, ...rest]));
      expect(new Set(all.map((address) => networkOf(address))).size).toBe(1);
      const attempts = new AuthRateLimit(() => 0);
      for (const address of all.slice(0, 10)) expect(attempts.note(address)).toBeUndefined();
      expect(attempts.note(all[10] ?? '')).toBeGreaterThan(0);
    }),
  );
});

test('addresses of other networks are other clients', () => {
  fc.assert(
    fc.property(network, network, host, (one, other, rest) => {
      fc.pre(one.join() !== other.join());
      expect(networkOf(spellings([...one, ...rest])[0] ?? '')).not.toBe(
        networkOf(spellings([...other, ...rest])[0] ?? ''),
      );
    }),
  );
});
