import { z } from 'zod';
import type { Controller, ControllerAnswer } from '../controller/resources.ts';
import type { MappedWorker } from '../directory/worker-map.ts';
import { readAllowListsText, type AllowLists } from '../directory/allow-lists.ts';

export type PolicyEdit =
  | { readonly kind: 'unchanged' }
  /** What the policy becomes; `carried` says that what was denied before is not known. */
  | { readonly kind: 'change'; readonly policy: ChannelPolicy; readonly carried: boolean }
  | { readonly kind: 'failed'; readonly problem: string };

const ids = z.array(z.string()).optional();
const channelPolicy = z.looseObject({
  groupAllowExtra: ids,
  groupDenyExtra: ids,
  dmAllowExtra: ids,
  dmDenyExtra: ids,
});
/** Whom a worker listens to beyond what the controller gives it anyway (HiClaw reference, 3.5). */
export type ChannelPolicy = z.output<typeof channelPolicy>;

const workerShown = z.object({
  name: z.string(),
  matrixUserID: z.string().optional(),
  roomID: z.string().optional(),
  runtime: z.string().optional(),
  channelPolicy: channelPolicy.optional(),
});
const workerList = z.object({ workers: z.array(workerShown) });
const humanShown = z.object({ matrixUserID: z.string().optional(), initialPassword: z.string().optional() });

/** The workers that the controller manages and that can be addressed. */
export async function controlledWorkers(
  controller: Controller,
): Promise<
  | { readonly kind: 'workers'; readonly workers: readonly MappedWorker[] }
  | { readonly kind: 'failed'; readonly problem: string }
> {
  const shown = await controller.get('Worker');
  if (shown.kind !== 'answer') return { kind: 'failed', problem: shown.problem };
  const list = workerList.safeParse(shown.body).data;
  if (list === undefined) return { kind: 'failed', problem: 'the controller returned no list of workers' };
  const workers = list.workers.flatMap(({ name, matrixUserID, roomID, runtime }): MappedWorker[] =>
    matrixUserID === undefined || roomID === undefined
      ? []
      : [{ name, userId: matrixUserID, roomId: roomID, runtime }],
  );
  return { kind: 'workers', workers };
}

/**
 * What a worker's policy has to become so that it listens to somebody, or no longer does. The controller's own command
 * does not show the policy: then what the lists in storage hold is carried over, and `settings` must be given.
 */
export async function policyEdit(
  controller: Controller,
  name: string,
  userId: string,
  wanted: boolean,
  settings: string | undefined,
): Promise<PolicyEdit> {
  const known = await knownPolicy(controller, name, settings);
  if (known.kind === 'failed') return known;
  const { policy, carried } = known;
  for (const list of ['groupDenyExtra', 'dmDenyExtra'] as const) {
    if (wanted && policy[list]?.includes(userId) === true) {
      const problem = `${userId} is on ${list} of worker ${name}, which takes precedence: remove it there`;
      return { kind: 'failed', problem };
    }
  }
  const changed = (present: readonly string[] = []): string[] => {
    const others = present.filter((id) => id !== userId);
    return wanted ? [...others, userId] : others;
  };
  const has = (present: readonly string[] = []): boolean => present.includes(userId);
  if (has(policy.groupAllowExtra) === wanted && has(policy.dmAllowExtra) === wanted)
    return { kind: 'unchanged' };
  return {
    kind: 'change',
    policy: {
      ...policy,
      groupAllowExtra: changed(policy.groupAllowExtra),
      dmAllowExtra: changed(policy.dmAllowExtra),
    },
    carried,
  };
}

type Known =
  | { readonly kind: 'known'; readonly policy: ChannelPolicy; readonly carried: boolean }
  | { readonly kind: 'failed'; readonly problem: string };

async function knownPolicy(
  controller: Controller,
  name: string,
  settings: string | undefined,
): Promise<Known> {
  if (controller.showsPolicies) {
    const shown = await controller.get('Worker', name);
    if (shown.kind !== 'answer') return { kind: 'failed', problem: shown.problem };
    const worker = workerShown.safeParse(shown.body).data;
    if (worker === undefined)
      return { kind: 'failed', problem: 'the controller returned an answer that does not describe a worker' };
    return { kind: 'known', policy: worker.channelPolicy ?? {}, carried: false };
  }
  const lists: AllowLists | undefined = settings === undefined ? undefined : readAllowListsText(settings);
  if (lists === undefined) {
    const problem =
      "the controller's command does not show whom the worker listens to already: give --mc, or reach the controller by its REST (lifecycle.driver rest)";
    return { kind: 'failed', problem };
  }
  return {
    kind: 'known',
    policy: { groupAllowExtra: [...lists.group], dmAllowExtra: [...lists.direct] },
    carried: true,
  };
}

/** Gives a worker its policy; gives what went wrong. */
export async function setPolicy(
  controller: Controller,
  name: string,
  policy: ChannelPolicy,
): Promise<string | undefined> {
  return problemOf(await controller.apply('Worker', name, { channelPolicy: policy }));
}

export type HumanOutcome =
  | { readonly kind: 'human'; readonly userId: string; readonly password: string }
  /** It is being made. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'failed'; readonly problem: string };

/** Asks for an account where only the controller may make them (HiClaw reference, 3.2); gives what went wrong. */
export async function askForHuman(
  controller: Controller,
  name: string,
  workers: readonly string[],
): Promise<string | undefined> {
  const known = await controller.get('Human', name);
  if (known.kind === 'answer') return undefined;
  if (known.kind === 'failed') return known.problem;
  return problemOf(
    await controller.apply('Human', name, {
      displayName: 'Agrenting adapter',
      permissionLevel: 3,
      accessibleWorkers: workers,
      note: 'speaks to workers for the Agrenting marketplace',
    }),
  );
}

/** The account of a human with its first password, once the controller has made it. */
export async function readHuman(controller: Controller, name: string): Promise<HumanOutcome> {
  const shown = await controller.get('Human', name);
  if (shown.kind !== 'answer') return { kind: 'failed', problem: shown.problem };
  const human = humanShown.safeParse(shown.body).data;
  return human?.matrixUserID === undefined || human.initialPassword === undefined
    ? { kind: 'pending' }
    : { kind: 'human', userId: human.matrixUserID, password: human.initialPassword };
}

function problemOf(answer: ControllerAnswer): string | undefined {
  return answer.kind === 'answer' ? undefined : answer.problem;
}
