import { CommandError, EXIT } from './command-error.ts';

interface Known {
  readonly what: string;
  readonly remedy: string;
}

const ANOTHER = 'Name another file or folder, or let this user write there.';

/** What the system says about files, in words, with what to do about it. */
const KNOWN: Readonly<Record<string, Known>> = {
  EACCES: { what: 'permission denied', remedy: ANOTHER },
  EPERM: { what: 'this is not permitted', remedy: ANOTHER },
  EROFS: { what: 'the disk is mounted read-only', remedy: ANOTHER },
  ENOENT: { what: 'the folder does not exist', remedy: 'Create the folder, or correct the path.' },
  ENOTDIR: { what: 'a part of the path is a file, not a folder', remedy: 'Correct the path.' },
  EISDIR: { what: 'it is a folder', remedy: 'Name a file in it.' },
  EEXIST: { what: 'it is there already', remedy: 'Name another file, or remove this one.' },
  ENAMETOOLONG: { what: 'the name is too long', remedy: 'Choose a shorter one.' },
  ELOOP: { what: 'its links lead in a circle', remedy: 'Correct the path.' },
  ENOSPC: { what: 'the disk is full', remedy: 'Make room, then run the command again.' },
  EDQUOT: { what: 'the quota of this user is used up', remedy: 'Make room, then run the command again.' },
  EMFILE: { what: 'too many files are open', remedy: 'Raise the limit (ulimit -n).' },
};

/**
 * A file or folder that could not be used, as an error for the user of the command: which one, why, and what to do.
 * Undefined for any other error.
 */
export function fileProblem(error: unknown): CommandError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined;
  const known = KNOWN[String(error.code)];
  if (known === undefined || typeof error.path !== 'string') return undefined;
  return new CommandError(EXIT.failed, `${error.path} could not be used: ${known.what}`, known.remedy);
}
