import { withoutUserInfo, type HiringRecord } from '@agrenting-hiclaw/core/domain';
import { withoutToken } from './without-token.ts';

/** All that a worker is given of its hirer: in the hirer's words, without the hirer's token. */
export interface GivenTask {
  readonly description: string;
  readonly clientMessage: string | undefined;
  readonly repoUrl: string | undefined;
  /** What else the hirer sent with the task, as the JSON text that the worker reads. */
  readonly parameters: string | undefined;
  /** In our words. */
  readonly deliveryMode: 'output' | 'push' | 'unclear';
}

/** What a yes to the work of a hiring hands to its worker. */
export function givenTask(record: HiringRecord): GivenTask {
  const hiring = record.attempt?.hiring ?? record.received.hiring;
  const clean = withoutToken(record);
  const { description, clientMessage, repoUrl, extras, deliveryMode } = hiring;
  return {
    description: clean(description),
    clientMessage: clientMessage === undefined ? undefined : clean(clientMessage),
    repoUrl: repoUrl === undefined ? undefined : clean(withoutUserInfo(repoUrl)),
    parameters: Object.keys(extras).length === 0 ? undefined : clean(JSON.stringify(extras, undefined, 2)),
    deliveryMode,
  };
}
