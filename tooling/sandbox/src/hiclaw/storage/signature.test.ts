import { expect, test } from 'vitest';
import { chunkSignature, signature } from './signature.ts';

/** The published example of Signature Version 4 for a chunked upload. */
const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const scope = { date: '20130524', region: 'us-east-1' };
const time = '20130524T000000Z';
const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';

test('signs the request', () => {
  const headers = {
    'content-encoding': 'aws-chunked',
    'content-length': '66824',
    host: 's3.amazonaws.com',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'x-amz-date': time,
    'x-amz-decoded-content-length': '66560',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  };
  const request = {
    method: 'PUT',
    path: '/examplebucket/chunkObject.txt',
    query: [],
    headers,
    signedHeaders: Object.keys(headers),
    payloadHash: headers['x-amz-content-sha256'],
  };
  expect(signature(request, secretKey, scope, time)).toBe(seed);
});

test('signs each chunk after the one before', () => {
  const first = chunkSignature(Buffer.alloc(65_536, 'a'), seed, secretKey, scope, time);
  expect(first).toBe('ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648');
  const second = chunkSignature(Buffer.alloc(1024, 'a'), first, secretKey, scope, time);
  expect(second).toBe('0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497');
  const last = chunkSignature(Buffer.alloc(0), second, secretKey, scope, time);
  expect(last).toBe('b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9');
});
