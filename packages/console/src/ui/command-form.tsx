import { useRef, type ReactNode } from 'react';
import type { CommandRequest } from '../api/client.ts';
import { ProblemBox } from './query-view.tsx';
import { Button } from './button.tsx';
import { useCommand } from './use-command.ts';

interface CommandFormProps {
  /** What will come of it. */
  readonly consequence: ReactNode;
  readonly confirm: string;
  /** What is wanted; undefined where something that was typed is wrong, which its field then says. */
  readonly request: () => CommandRequest | undefined;
  /** What to say once it is done. */
  readonly done: string;
  readonly onDone: () => void;
  readonly cancelHref: string;
  readonly children: ReactNode;
}

/** A form whose sending is a command. What is wrong gets the focus. */
export function CommandForm({ request, ...props }: CommandFormProps) {
  const { running, error, send } = useCommand();
  const form = useRef<HTMLFormElement>(null);

  async function submit(): Promise<void> {
    const wanted = request();
    if (wanted !== undefined) {
      if (await send(wanted, props.done)) props.onDone();
      return;
    }
    // The fields are marked by the render that follows.
    requestAnimationFrame(() => {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    });
  }
  return (
    <form
      ref={form}
      className="card form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!running) void submit();
      }}
    >
      {props.children}
      <div className="dim">{props.consequence}</div>
      {error !== undefined && <ProblemBox error={error} />}
      <div className="dialog-buttons">
        <a className="button plain" href={props.cancelHref}>
          Cancel
        </a>
        <Button type="submit" kind="primary" disabled={running}>
          {running ? 'Working…' : props.confirm}
        </Button>
      </div>
    </form>
  );
}
