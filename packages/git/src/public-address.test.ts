import { describe, expect, test } from 'vitest';
import { isPublicAddress } from './public-address.ts';

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
