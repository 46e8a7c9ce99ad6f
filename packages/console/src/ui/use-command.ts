import { Toast } from '@base-ui/react/toast';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiProblem, type CommandRequest } from '../api/client.ts';
import { CommandSender } from '../api/send-command.ts';
import { safeText } from '../text/safe-text.ts';

const TODO_MS = 30_000;

interface Sending {
  readonly running: boolean;
  /** Why the last one was not done. */
  readonly error: unknown;
  /** True when it was done. */
  readonly send: (request: CommandRequest, done: string) => Promise<boolean>;
  readonly forget: () => void;
}

/** Sends commands, one at a time, and reloads what they may have changed. */
export function useCommand(): Sending {
  const queries = useQueryClient();
  const toasts = Toast.useToastManager();
  const sender = useRef<CommandSender>(undefined);
  const [state, setState] = useState<{ readonly running: boolean; readonly error: unknown }>({
    running: false,
    error: undefined,
  });

  async function send(request: CommandRequest, done: string): Promise<boolean> {
    sender.current ??= new CommandSender();
    setState({ running: true, error: undefined });
    try {
      const said = await sender.current.send(request);
      if (said === undefined) return false;
      // What is looked at only on demand is not looked at for this.
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'doctor' });
      const { problem, todo } = said;
      setState({ running: false, error: problem === null ? undefined : new ApiProblem(200, problem, todo) });
      if (problem !== null) return false;
      // What is left to do stays for as long as it takes to read it.
      toasts.add({
        title: done,
        ...(todo === null ? {} : { description: safeText(todo), timeout: TODO_MS }),
      });
      return true;
    } catch (error) {
      // It is not as it was shown: what is shown next is as it is now.
      if (error instanceof ApiProblem && error.status === 409) void queries.invalidateQueries();
      setState({ running: false, error });
      return false;
    }
  }
  return { ...state, send, forget: () => setState({ running: false, error: undefined }) };
}
