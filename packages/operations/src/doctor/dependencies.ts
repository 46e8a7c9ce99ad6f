import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { fetchWithin, type Configuration } from '@agrenting-hiclaw/runtime';
import { failed, type Check, type Dependency, type Finding } from './check.ts';
import { whyUnreachable } from './why-unreachable.ts';

/** Anything that answers does so long before. */
const ANSWERS_WITHIN_MS = 4_000;
/** A check of several requests; together with the wait for the first answer below the 15 s that a person waits. */
const CHECKED_WITHIN_MS = 10_000;

const TOO_LATE = Symbol('too late');

const REMEDIES: Readonly<Record<Dependency, string>> = {
  marketplace: 'Check marketplace.baseUrl, DNS and outbound access of this machine.',
  homeserver: 'Check matrix.homeserverUrl, and that the homeserver of your HiClaw runs.',
  storage: 'Check storage.endpoint, and that the storage of your HiClaw runs.',
};

/** Makes checks, and knows which of the other systems answer. */
export class Dependencies {
  readonly #addresses: Readonly<Record<Dependency, string>>;
  /** Why one does not answer; undefined where it does. */
  readonly #away = new Map<Dependency, Promise<string | undefined>>();

  constructor({ marketplace, matrix, storage }: Configuration) {
    this.#addresses = {
      marketplace: marketplace.baseUrl,
      homeserver: `${matrix.homeserverUrl}/_matrix/client/versions`,
      storage: storage.endpoint,
    };
  }

  /** What a check found, or that it was not made because what it asks does not answer. */
  async made(check: Check): Promise<Finding> {
    const { asks, speaksFor } = check;
    const dependency = asks ?? speaksFor;
    if (dependency === undefined) return await this.#look(check);
    const found = (await this.#whyAway(dependency)) === undefined ? await this.#look(check) : undefined;
    // It may also have been found away meanwhile, by this check or another.
    const why = await this.#whyAway(dependency);
    if (why === undefined && found !== undefined) return found;
    return speaksFor === undefined
      ? { status: 'skipped', detail: `not checked: the ${dependency} does not answer`, away: dependency }
      : {
          status: 'failed',
          detail: `${new URL(this.#addresses[dependency]).origin} does not answer (${why})`,
          remedy: REMEDIES[dependency],
          away: dependency,
        };
  }

  async #look(check: Check): Promise<Finding> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<typeof TOO_LATE>((resolve) => {
      if (check.takesLong !== true) timer = setTimeout(() => resolve(TOO_LATE), CHECKED_WITHIN_MS);
    });
    try {
      const found = await Promise.race([check.look(), tooLate]);
      if (found !== TOO_LATE) return found;
      const seconds = CHECKED_WITHIN_MS / 1_000;
      const dependency = check.asks ?? check.speaksFor;
      if (dependency !== undefined) {
        this.#away.set(
          dependency,
          Promise.resolve(`the check ${check.name} had no answer after ${seconds} s`),
        );
      }
      return failed(`the check took longer than ${seconds} s`, 'Check what it asks, then run it again.');
    } catch (error) {
      return failed(`the check failed: ${inQuotes(describe(error))}`, 'Fix the error that it names.');
    } finally {
      clearTimeout(timer);
    }
  }

  async #whyAway(dependency: Dependency): Promise<string | undefined> {
    const known = this.#away.get(dependency);
    if (known !== undefined) return await known;
    const asked = fetchWithin(this.#addresses[dependency], {
      method: 'HEAD',
      timeoutMs: ANSWERS_WITHIN_MS,
    }).then(
      () => undefined,
      (error: unknown) => whyUnreachable(error),
    );
    this.#away.set(dependency, asked);
    return await asked;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
