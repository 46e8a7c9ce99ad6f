import type { Store } from '../ports/store/store.ts';
import { NO_SECRETS, type KnownSecrets } from '../credentials/known-secrets.ts';
import type { HiringId } from '../hiring/ids.ts';
import { commandStep, type OperatorCommand } from './operator-command.ts';
import type { State } from '../hiring/states.ts';

export type CommandOutcome =
  | { readonly kind: 'done' }
  /** There is no such hiring. */
  | { readonly kind: 'absent' }
  /** A process is at work on it this moment: try again. */
  | { readonly kind: 'busy' }
  /** It is not as it was shown; `version` is the present one. */
  | { readonly kind: 'changed'; readonly version: string }
  /** Its state has no such move. */
  | { readonly kind: 'unfit'; readonly state: State }
  /** It has, but not with such words; `why` holds none of them. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Has a hiring do what the operator says, as one step like any other. What was shown is compared with what is there as it
 * is committed, so that nothing comes between. No words of it may hold one of the `known` secrets.
 */
export async function commandHiring(
  store: Pick<Store, 'decide'>,
  hiringId: HiringId,
  command: OperatorCommand,
  known: KnownSecrets = NO_SECRETS,
): Promise<CommandOutcome> {
  return await store.decide(hiringId, (record, nowMs) => {
    const made = commandStep(record, command, nowMs, known);
    if (made.kind === 'step') return made;
    return { refusal: made.kind === 'unfit' ? { kind: 'unfit', state: record.state } : made };
  });
}
