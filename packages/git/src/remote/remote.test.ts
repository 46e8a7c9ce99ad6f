import { describe, expect, test } from 'vitest';
import { remoteFailure } from './remote.ts';

const URL = 'https://git.example/sam/site.git/';
const kindOf = (complaint: string) => remoteFailure(complaint, '').kind;

describe('a no of a git host', () => {
  test.each([
    `remote: Repository not found.\nfatal: repository '${URL}' not found`,
    `remote: Permission to sam/site.git denied to mia.\nfatal: unable to access '${URL}': The requested URL returned error: 403`,
    `remote: Write access to repository not granted.\nfatal: unable to access '${URL}': The requested URL returned error: 403`,
    `remote: Invalid username or token.\nfatal: Authentication failed for '${URL}'`,
    `fatal: Authentication failed for '${URL}'`,
    "fatal: could not read Username for 'https://git.example': terminal prompts disabled",
  ])('that it explains, or that is about the token, counts: %j', (complaint) => {
    expect(kindOf(complaint)).toBe('denied');
  });

  test.each([
    `fatal: repository '${URL}' not found`,
    `remote:\nfatal: repository '${URL}' not found`,
    `fatal: unable to access '${URL}': The requested URL returned error: 403`,
    `fatal: unable to access '${URL}': The requested URL returned error: 410`,
    'error: RPC failed; HTTP 404 curl 22 The requested URL returned error: 404\nfatal: the remote end hung up unexpectedly',
    `fatal: unable to access '${URL}': The requested URL returned error: 503`,
    `fatal: unable to access '${URL}': Could not resolve host: git.example`,
  ])('that says nothing may be one of a gateway, and passes: %j', (complaint) => {
    expect(kindOf(complaint)).toBe('unavailable');
  });
});
