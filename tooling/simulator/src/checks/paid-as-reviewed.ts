import { snapshotSha256, type AttemptProgress, type CheckedResult } from '@agrenting-hiclaw/core/domain';
import type { Violations } from '../violations.ts';

/** A result that was let go on its way to the marketplace. */
interface Reviewed {
  readonly sha256: string;
  readonly text: string;
  readonly files: PaidResult['files'];
}

/** What of a settlement is compared: its words, and of each file that it names the name and the SHA-256. */
export interface PaidResult {
  readonly text: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  /** Whether its change was pushed, and so is no file of the result. */
  readonly isPushed: boolean;
}

/** What is pushed to a repository, and no file of a result then. */
const CHANGE = /^change\.(?:bundle|patch)$/;

/** Knows what was judged and what was said yes to, by what processes committed and the operator was shown. */
export class PaidAsReviewed {
  readonly #violations: Violations;
  readonly #judged = new Map<string, Reviewed[]>();
  readonly #approved = new Set<string>();

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** A process commits what it remembers of an attempt. */
  committed(hiringId: string, attempt: number, { accepted }: AttemptProgress): void {
    if (accepted === undefined) return;
    const { result, files, sha256, pushed } = accepted;
    const name = `${hiringId} ${attempt}`;
    if (this.#judged.get(name)?.some((judged) => judged.sha256 === sha256) === true) return;
    if (snapshotSha256({ kind: 'result', result: { ...result, files }, pushed }) !== sha256) {
      this.#violations.add('broken', 'what is accepted is what its SHA-256 names', hiringId);
    }
    this.#note(name, { sha256, text: result.text, files });
  }

  #note(name: string, judged: Reviewed): void {
    this.#judged.set(name, [...(this.#judged.get(name) ?? []), judged]);
  }

  /** A change arrives at a repository. */
  pushed(hiringId: string, attempt: number, sha256: string): void {
    const judged = this.#judged.get(`${hiringId} ${attempt}`) ?? [];
    const isJudged = judged.some(({ files }) =>
      files.some((file) => CHANGE.test(file.name) && file.sha256 === sha256),
    );
    if (!isJudged)
      this.#violations.add('broken', 'what is pushed is what was judged, byte for byte', hiringId);
  }

  /** The operator says yes to what is shown. */
  approved(hiringId: string, attempt: number, shown: CheckedResult): void {
    const sha256 = snapshotSha256({ kind: 'result', result: shown });
    this.#approved.add(`${hiringId} ${attempt} ${sha256}`);
    this.#note(`${hiringId} ${attempt}`, { sha256, text: shown.text, files: shown.files });
  }

  /** A result arrives at the marketplace. */
  paid(hiringId: string, attempt: number, { text, files, isPushed }: PaidResult, needsYes: boolean): void {
    const judged = (this.#judged.get(`${hiringId} ${attempt}`) ?? []).filter(
      (one) =>
        one.text === text &&
        filesText(one.files.filter(({ name }) => !isPushed || !CHANGE.test(name))) === filesText(files),
    );
    if (judged.length === 0) {
      this.#violations.add(
        'broken',
        'what is paid is what was judged, byte for byte',
        `${hiringId}: ${text}`,
      );
    }
    const yes = judged.some(({ sha256 }) => this.#approved.has(`${hiringId} ${attempt} ${sha256}`));
    if (needsYes && !yes) {
      this.#violations.add(
        'broken',
        'what wants a yes is paid as it was said yes to',
        `${hiringId}: ${text}`,
      );
    }
  }
}

function filesText(files: readonly { readonly name: string; readonly sha256: string }[]): string {
  return files
    .map(({ name, sha256 }) => `${name} ${sha256}`)
    .toSorted()
    .join('\n');
}
