import type { CommandKind, State } from '@agrenting-hiclaw/core/domain';

const REFUSALS: Readonly<Record<CommandKind, string>> = {
  restart: 'Cannot retry a hiring',
  approve: 'Cannot approve a hiring',
  fail: 'Cannot fail a hiring',
  hold: 'Cannot hold a hiring',
  submit: 'Cannot submit a result for a hiring',
  message: 'Cannot send a message about a hiring',
};

/** Says that a command is not available in the state of a hiring. */
export function unavailableCommand(kind: CommandKind, state: State): string {
  return `${REFUSALS[kind]} in state \`${state}\`.`;
}

/** When a command is available, for a caller whose command was refused. */
export const COMMAND_HINTS: Readonly<Record<CommandKind, string>> = {
  restart: 'Only a hiring in state `attention` can be retried.',
  approve: 'It is not waiting for approval. Show the hiring to see what it is waiting for.',
  fail: 'Only a hiring in state `attention` can be failed by an operator. Hold it first.',
  hold: 'Only an open, confirmed hiring that is not yet held can be held.',
  submit: 'You can submit a result only for a hiring in state `attention`. Hold it first.',
  message: 'Messages can be sent only while the worker may still work on the hiring.',
};
