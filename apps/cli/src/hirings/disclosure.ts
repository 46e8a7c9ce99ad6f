import { givenTask, type GivenTask } from '@agrenting-hiclaw/operations';
import type { Attention, CheckedResult, Decision, HiringRecord } from '@agrenting-hiclaw/core/domain';

/** What a yes would hand to the worker, or to the hirer: all of it is to be read before. */
export interface Disclosure {
  readonly task?: GivenTask | undefined;
  readonly result?: CheckedResult | undefined;
}

/** What a decision lets go of what others wrote. Only an approval lets anything go. */
export function disclosedBy(
  record: HiringRecord,
  attention: Attention | undefined,
  { kind }: Decision,
): Disclosure {
  const progress = record.attempt?.progress;
  if (kind !== 'approve' || progress === undefined) return {};
  const { accepted, messages } = progress;
  switch (attention?.approves) {
    case 'work':
      return { task: givenTask(record) };
    case 'result':
      return { result: attention.held };
    case 'hold':
      // It goes on from where it was held.
      if (accepted !== undefined) return { result: { ...accepted.result, files: accepted.files } };
      return messages.length === 0 ? { task: givenTask(record) } : {};
    case undefined:
      return {};
  }
}

/** How many characters of others are to be read. */
export function charactersOf({ task, result }: Disclosure): number {
  const { description = '', clientMessage = '', repoUrl = '', parameters = '' } = task ?? {};
  const { text = '', summary = '' } = result ?? {};
  return [description, clientMessage, repoUrl, parameters, text, summary].join('').length;
}
