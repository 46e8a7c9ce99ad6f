import {
  brokenRule,
  deliveryOf,
  isPriceUnclear,
  type AttemptRoom,
  type StageOutcome,
  type StepCommit,
  type TaskDelivery,
  type WorkerAddress,
  type WorkerChoice,
} from '@agrenting-hiclaw/core/domain';
import { rulesOf, type AttemptContext } from '../context.ts';
import { deliveryFor } from './delivery.ts';
import { orderOf } from './order.ts';
import { failureDecided, moved, needsPerson, remembering, troubled, waits, withProof } from '../outcomes.ts';
import { hearAgain, toldBefore } from './adopt.ts';
import { meddledNames, meddledWith } from './look.ts';
import { giveUpFolder, renewFolder } from './renew-folder.ts';
import { taskOf } from './task.ts';
import { writtenNow } from './written.ts';

type Chosen = Extract<WorkerChoice, { kind: 'worker' }>;

/**
 * `confirmed`: sees whether the owner allows the work, chooses the worker, opens the attempt's room, reads the hirer's
 * repository where the work is pushed, and puts the task folder in storage.
 */
export async function stage(context: AttemptContext): Promise<StepCommit> {
  const { attempt, record, ports } = context;
  if (attempt.progress.wantsNewFolder === true) return await renewFolder(context);
  const refused = await refusal(context);
  if (refused !== undefined) return refused;
  const unfit = whyUnfit(context);
  if (unfit !== undefined) return needsPerson(context, unfit.why, unfit.todo);
  const asked = ownerAsked(context);
  if (asked !== undefined) return asked;
  const meddled = await meddledSinceTold(context);
  if (meddled !== undefined) return meddled;

  const choice = await ports.directory.choose(record.agentId, attempt.hiring.workerMatrixId);
  if (choice.kind === 'nobody') {
    return needsPerson(context, 'no worker is configured for this agent', choice.problem);
  }
  const { worker, room } = placeOf(context, choice);
  if (room === 'missing') return await openRoom(context, worker);
  const delivery = await deliveryFor(context);
  if (delivery.kind === 'decided') return delivery.commit;
  const { progress } = attempt;
  // Whatever becomes of this step, the token is taken out of the folder at the end.
  if (delivery.delivery.mode === 'push by worker' && progress.tokenInFolder !== true) {
    const noted = { ...progress, worker, tokenInFolder: true };
    return waits(context, 'the task folder gets the repository token', 0, { progress: noted });
  }
  const order = {
    ...orderOf(context, worker),
    delivery: delivery.delivery,
    context: await ports.marketplace.context(record.agentId),
    isFresh: attempt.progress.messages.length === 0,
  };
  let known = context;
  let outcome = await ports.storage.stage(order);
  if (outcome.kind === 'foreign') {
    const told = await toldBefore(context, worker);
    if (told.kind === 'unavailable') return troubled(context, told.problem);
    if (told.kind === 'untold') return giveUpFolder(context, outcome.names);
    const heard = await hearAgain(context);
    if (heard.kind === 'decided') return heard.commit;
    known = { ...context, attempt: remembering(attempt, heard.progress) };
    outcome = await ports.storage.stage({ ...order, isFresh: false });
  }
  switch (outcome.kind) {
    case 'staged':
      return await noteStaged(known, { choice, worker, room }, delivery.delivery, outcome);
    case 'foreign':
      return giveUpFolder(context, outcome.names);
    case 'refused':
      return needsPerson(
        context,
        outcome.problem,
        'Mend what the problem names; the task folder is written again by itself.',
        { code: 'storage_refused' },
      );
    case 'unavailable':
      return troubled(context, outcome.problem);
  }
}

/** Written again, a folder that somebody else changed while its worker was at it would show nothing of that any more. */
async function meddledSinceTold(context: AttemptContext): Promise<StepCommit | undefined> {
  const { worker, written, messages } = context.attempt.progress;
  if (worker === undefined || written === undefined) return undefined;
  const names = await meddledNames(context, worker);
  if ('problem' in names) return troubled(context, names.problem);
  if (names.length === 0) return undefined;
  if (messages.length > 0) return meddledWith(context, names);
  // A process that was overtaken may have told it, and could not store that.
  const told = await toldBefore(context, worker);
  if (told.kind === 'unavailable') return troubled(context, told.problem);
  return told.kind === 'told' ? meddledWith(context, names) : undefined;
}

async function noteStaged(
  context: AttemptContext,
  { choice, worker, room }: { choice: Chosen; worker: WorkerAddress; room: AttemptRoom | undefined },
  delivery: TaskDelivery,
  { evidence, written }: Extract<StageOutcome, { kind: 'staged' }>,
): Promise<StepCommit> {
  const { attempt, ports, nowMs } = context;
  const { progress } = attempt;
  return moved(context, 'staged', `the task folder of ${worker.name} was read back`, {
    progress: {
      ...progress,
      worker,
      room,
      // A room of its own holds nothing of other hirers.
      clearFirst: choice.clearFirst === true && !choice.roomPerAttempt,
      attention: undefined,
      source:
        delivery.mode === 'push' ? { branch: delivery.branch, commit: delivery.commit } : progress.source,
      written: writtenNow(progress.written, written),
      proofs: withProof(progress.proofs, 'staged', nowMs, evidence),
      // Whatever the worker does from here on may be about this attempt.
      signSequence: progress.messages.length > 0 ? progress.signSequence : await ports.signs.latest(),
    },
  });
}

/** A hiring that its agent's owner does not take is refused before a worker is woken. */
async function refusal(context: AttemptContext): Promise<StepCommit | undefined> {
  const { record, attempt, ports } = context;
  // Who was told already may be at it.
  if (attempt.progress.messages.length > 0) return undefined;
  if (await ports.store.isPaused(record.agentId, record.hiringId, attempt.number)) {
    return failureDecided(context, {
      reason: 'other',
      text: 'This agent takes no new work at the moment.',
    });
  }
  const broken = brokenRule(attempt.hiring, rulesOf(context));
  return broken === undefined
    ? undefined
    : failureDecided(context, broken, { cause: `a rule of the owner: ${broken.text}` });
}

/** Where the owner wants to be asked before any work, or nobody can say if the work pays what the owner asks for, it is. */
function ownerAsked(context: AttemptContext): StepCommit | undefined {
  const { record, attempt } = context;
  const rules = rulesOf(context);
  const { approve } = rules;
  const { approved, messages } = attempt.progress;
  if (approved?.price !== true && messages.length === 0 && isPriceUnclear(attempt.hiring, rules)) {
    return needsPerson(
      context,
      'the price of the hiring is missing or cannot be read, so it cannot be compared with policy.minPrice',
      `Look the hiring up on the marketplace. To have it worked on: agrenting-hiclaw hirings approve ${record.hiringId}. Without that, it is reported as failed before its deadline.`,
      { approves: 'work', code: 'price_unclear' },
    );
  }
  if (approved?.work === true) return undefined;
  const pushes = rules.approvePushes && deliveryOf(attempt.hiring, rules) === 'push';
  if (approve !== 'work' && approve !== 'both' && !pushes) return undefined;
  return needsPerson(
    context,
    'the hiring waits for your yes',
    `To have it worked on: agrenting-hiclaw hirings approve ${record.hiringId}. Without that, it is reported as failed before its deadline.`,
    { approves: 'work' },
  );
}

/** Where the chosen worker is to be told: in the attempt's own room, once that is open, or in its own. */
function placeOf(
  { attempt }: AttemptContext,
  { worker, roomPerAttempt }: Chosen,
): { worker: WorkerAddress; room: AttemptRoom | 'missing' | undefined } {
  if (!roomPerAttempt) return { worker, room: undefined };
  const { room } = attempt.progress;
  // Another worker must not read what the first was told.
  if (room?.userId !== worker.userId) return { worker, room: 'missing' };
  return { worker: { ...worker, roomId: room.roomId }, room };
}

/** The room is a step of its own: once the homeserver has it, its id must not be lost. */
async function openRoom(context: AttemptContext, worker: WorkerAddress): Promise<StepCommit> {
  const { attempt, record, ports } = context;
  const { progress } = attempt;
  const outcome = await ports.rooms.open(taskOf(record, attempt, worker));
  switch (outcome.kind) {
    case 'open': {
      const { roomId } = outcome;
      return waits(context, `a room for ${worker.name} was opened`, 0, {
        progress: { ...progress, worker: { ...worker, roomId }, room: { roomId, userId: worker.userId } },
      });
    }
    case 'refused':
      return needsPerson(
        context,
        outcome.problem,
        'Mend what the problem names, or set matrix.rooms to worker; the hand-over starts over by itself.',
        { code: 'room_refused' },
      );
    case 'limited':
      return waits(context, 'the homeserver limits how many rooms are made', outcome.retryAfterMs);
    case 'unavailable':
      return troubled(context, outcome.problem);
  }
}

/** Why no worker may be given this hiring; undefined when one may. */
export function whyUnfit(context: AttemptContext): { why: string; todo: string } | undefined {
  const { hiring } = context.attempt;
  const rules = rulesOf(context);
  switch (deliveryOf(hiring, rules)) {
    case 'push':
      if (rules.push === 'adapter' && context.ports.repositories === undefined) {
        return {
          why: 'the work is to be pushed to a repository, but git is not installed',
          todo: 'Install git where the adapter runs and restart it. Let it be, and it is reported as failed before its deadline.',
        };
      }
      if (hiring.repoUrl === undefined || hiring.repoToken === undefined) {
        return {
          why: 'the work is to be pushed to a repository, but the hiring does not name it, or has no token for it',
          todo: 'Ask the hirer to hire again with repository and token. Let it be, and it is reported as failed before its deadline.',
        };
      }
      break;
    case 'unclear':
      return {
        why: 'it has repository fields but no delivery mode that we know, so how to deliver is unclear',
        todo: 'Ask the hirer to hire again with delivery mode "output". Let it be, and it is reported as failed before its deadline.',
      };
    case 'output':
      break;
  }
  if (hiring.description.trim() !== '') return undefined;
  return {
    why: 'the hiring has no task text',
    todo: 'Look the hiring up on the marketplace. Let it be, and it is reported as failed before its deadline.',
  };
}
