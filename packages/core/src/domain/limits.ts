/**
 * How long texts and files may be that more than one part of the adapter writes, checks or shows. Code that needs such a limit takes it
 * from here; the console gets it from the admin API, and a test holds docs/limits.md against it.
 */
export const LIMITS = {
  /** A result that an operator submits, and any text that is judged at once or sent on. */
  resultCharacters: 200_000,
  /** The file with a worker's result. */
  resultBytes: 1_048_576,
  /** The line that sums a result up. */
  summaryCharacters: 300,
  /** A file that is delivered with a result. */
  deliveredFileBytes: 20_000_000,
  /** A failure as the hirer is shown it; the marketplace's own limit is not known. */
  failureCharacters: 500,
  /** The text below a worker's status of failure; a longer one reads like work. */
  failedResultCharacters: 400,
  /** One message to a hirer or a worker; that of the marketplace (Agrenting API reference, 5). */
  messageCharacters: 5_000,
  /** What hirers see of an agent. */
  agentNameCharacters: 200,
  agentDescriptionCharacters: 5_000,
  capabilityCharacters: 100,
  capabilities: 50,
} as const;

/** The most bytes that UTF-8 needs for a text of so many UTF-16 characters. */
export function utf8Bytes(characters: number): number {
  return 3 * characters;
}
