import { deliveryOf, type StepCommit, type TaskDelivery } from '@agrenting-hiclaw/core/domain';
import { policyOf, type AttemptContext } from '../context.ts';
import { failureDecided, mayPass, stepFailed, waits } from '../step-results.ts';
import { inSlot, NO_SLOT_WAIT_MS } from '../call-slots.ts';

export type DeliveryChoice =
  | { readonly kind: 'delivery'; readonly delivery: TaskDelivery }
  | { readonly kind: 'decided'; readonly commit: StepCommit };

/** How the work is to be delivered, with the hirer's repository where the adapter pushes. */
export async function deliveryFor(context: AttemptContext): Promise<DeliveryChoice> {
  const { attempt, ports } = context;
  const { hiring, progress } = attempt;
  const policy = policyOf(context);
  const { repositories } = ports;
  const { repoUrl, repoToken } = hiring;
  if (deliveryOf(hiring, policy) !== 'push') return { kind: 'delivery', delivery: { mode: 'output' } };
  if (policy.push === 'worker') return { kind: 'delivery', delivery: { mode: 'push_by_worker' } };
  if (repositories === undefined || repoUrl === undefined || repoToken === undefined) {
    throw new Error(`attempt ${attempt.taskId} is to be pushed, but git is not available`);
  }
  // A worker that was told works on what it was given.
  if (progress.source !== undefined && progress.messages.length > 0) {
    return { kind: 'delivery', delivery: { mode: 'push', ...progress.source, bundle: undefined } };
  }
  const outcome = await inSlot(
    ports,
    async () => await repositories.source({ url: repoUrl, token: repoToken }),
  );
  if (outcome === undefined) {
    return decided(waits(context, 'other repositories are being read', NO_SLOT_WAIT_MS));
  }
  switch (outcome.kind) {
    case 'source': {
      const { bundle, branch, commit } = outcome;
      return { kind: 'delivery', delivery: { mode: 'push', branch, commit, bundle } };
    }
    case 'refused':
      return decided(
        failureDecided(
          context,
          { reason: 'capability_mismatch', text: 'This agent cannot work on that repository.' },
          { cause: outcome.problem },
        ),
      );
    case 'denied':
      if (mayPass(context))
        return decided(stepFailed(context, { code: 'repository_unread', problem: outcome.problem }));
      return decided(
        failureDecided(
          context,
          { reason: 'other', text: "The repository could not be read under the hiring's token." },
          { cause: outcome.problem },
        ),
      );
    case 'unavailable':
      return decided(stepFailed(context, { code: 'repository_unread', problem: outcome.problem }));
  }
}

function decided(commit: StepCommit): DeliveryChoice {
  return { kind: 'decided', commit };
}
