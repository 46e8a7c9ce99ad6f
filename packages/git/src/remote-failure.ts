import type { RepositoryFailure } from '@agrenting-hiclaw/core/domain';

/** Sorts what git complained of after it had spoken with a remote. `quoted` is the part of it that may be shown. */
export function remoteFailure(complaint: string, quoted: string): RepositoryFailure {
  // Whoever leads elsewhere for now may be the login page of a proxy.
  if (/returned error: 30[237]|HTTP (code )?30[237]/.test(complaint)) {
    return {
      kind: 'unavailable',
      problem: `the repository's host sends us to another address for now (${quoted})`,
    };
  }
  if (/returned error: 30[18]|from redirection|HTTP (code )?30[18]/.test(complaint)) {
    return {
      kind: 'denied',
      problem:
        'the address leads to another one, and tokens are not sent after it: the hirer has to give the present address of the repository',
    };
  }
  if (/Authentication failed|could not read (Username|Password)/i.test(complaint)) return denied(quoted);
  if (/returned error: (401|403|404|410)|not found/i.test(complaint) && !/resolve host/.test(complaint)) {
    // A git host says why, in a text that git passes on. Whatever stands before it says no more than its number.
    if (/^remote:[ \t]{0,80}\S/m.test(complaint)) return denied(quoted);
    return {
      kind: 'unavailable',
      problem: `what stands at the repository's address answers as if nothing were there, without a word of a git host (${quoted})`,
    };
  }
  if (/SSL certificate|certificate verif|server certificate/i.test(complaint)) {
    return { kind: 'unavailable', problem: `the repository's host has no valid certificate (${quoted})` };
  }
  if (/not our ref|no such remote ref|couldn't find remote ref/i.test(complaint)) {
    return {
      kind: 'unavailable',
      problem: `the repository has no such branch or commit (${quoted})`,
      lacks: 'ref',
    };
  }
  return { kind: 'unavailable', problem: `the repository could not be reached (${quoted})` };
}

function denied(quoted: string): RepositoryFailure {
  return {
    kind: 'denied',
    problem: `the repository is not there for the hirer's token: the hirer has to check address, token and its rights (${quoted})`,
  };
}
