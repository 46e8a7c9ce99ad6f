import type { CommandRequest } from '../api/client.ts';
import { ProblemBox } from './query-view.tsx';
import { Button } from './button.tsx';
import { useCommand } from './use-command.ts';

interface CommandButtonProps {
  readonly label: string;
  readonly about: string;
  readonly request: CommandRequest;
  readonly done: string;
  readonly kind?: 'plain' | 'primary';
  readonly big?: boolean;
}

/** Does at once what costs nothing and can be undone. */
export function CommandButton({
  label,
  about,
  request,
  done,
  kind = 'plain',
  big = false,
}: CommandButtonProps) {
  const { running, error, send } = useCommand();
  return (
    <>
      <Button
        small={!big}
        kind={kind}
        disabled={running}
        onClick={() => void send(request, done)}
        aria-label={`${label} ${about}`}
      >
        {running ? 'Working…' : label}
      </Button>
      {error !== undefined && <ProblemBox error={error} />}
    </>
  );
}
