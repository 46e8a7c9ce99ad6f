import type { RepositoryFailure } from '@agrenting-hiclaw/core/domain';

/**
 * Thrown where git was stopped or did not do what it always does, and there is nothing to go on with. It is caught in
 * one place (`withWorkspace`) and becomes the outcome of the call.
 */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  readonly failure: RepositoryFailure;

  constructor(failure: RepositoryFailure) {
    super(failure.problem);
    this.failure = failure;
  }
}
