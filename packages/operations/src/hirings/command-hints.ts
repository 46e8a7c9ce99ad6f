import type { CommandKind } from '@agrenting-hiclaw/core/domain';

/** What a command is for, said to whoever gave it where it does not fit. */
export const COMMAND_HINTS: Readonly<Record<CommandKind, string>> = {
  restart: 'Only what waits for a person (attention) can be handed over again.',
  approve: 'It does not wait for a yes. Look at the hiring to see what it waits for.',
  fail: 'Only what waits for a person (attention) can be failed by hand: hold it first.',
  hold: 'Only what is open, confirmed and not held already can be held.',
  submit: 'Only for what waits for a person (attention) a result can be given: hold it first.',
  message: 'Messages go while a worker may still work on it.',
};
