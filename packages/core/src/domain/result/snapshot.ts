import { createHash } from 'node:crypto';
import type { CheckedResult, PushedChange, WorkFailure } from './result.ts';

/** All that one settlement says, but for the ids that the marketplace gives to what was uploaded. */
export type Settled =
  | {
      readonly kind: 'result';
      readonly result: CheckedResult;
      readonly pushed?: PushedChange | undefined;
    }
  | { readonly kind: 'failure'; readonly failure: WorkFailure };

/** Keeps these digests apart from every other one, and from those of a later encoding. */
const ENCODING = 'agrenting-hiclaw snapshot 1';

/**
 * The SHA-256, in hex, over all that would be settled: text, summary, notes, and of each file in its order the name,
 * size and SHA-256 of the bytes; or reason and text of a failure. Two results have the same one only if they are
 * settled alike, to the byte: the encoding is a JSON array of fixed shape, in which every string has an end of its own
 * and a lone surrogate is kept as what it is.
 */
export function snapshotSha256(settled: Settled): string {
  return createHash('sha256')
    .update(JSON.stringify([ENCODING, ...partsOf(settled)]))
    .digest('hex');
}

function partsOf(settled: Settled): readonly unknown[] {
  switch (settled.kind) {
    case 'result': {
      const { result, pushed } = settled;
      const { text, summary, notes } = result;
      const files = result.files.map(({ name, sizeBytes, sha256 }) => [name, sizeBytes, sha256]);
      const change = pushed === undefined ? null : [pushed.branch, pushed.commits, pushed.filesChanged];
      return ['result', text, summary, notes, files, change];
    }
    case 'failure': {
      const { reason, text } = settled.failure;
      return ['failure', reason, text];
    }
  }
}
