import { AlertDialog } from '@base-ui/react/alert-dialog';
import { useState, type ReactNode } from 'react';
import type { CommandRequest } from '../api/client.ts';
import { ProblemBox } from './query-view.tsx';
import { Button } from './button.tsx';
import { useCommand } from './use-command.ts';

interface CommandDialogProps {
  /** On the button that opens it; with three dots, for it only asks. */
  readonly label: string;
  readonly kind?: 'plain' | 'primary' | 'danger';
  /** The button that opens it stands on every card: red only once it is open. */
  readonly isCommon?: boolean;
  readonly small?: boolean;
  /** Said to who hears the page and not sees it: which of the many. */
  readonly about?: string;
  readonly title: string;
  /** What will come of it, and what it costs. */
  readonly consequence: ReactNode;
  readonly confirm: string;
  readonly request: CommandRequest;
  /** What to say once it is done. */
  readonly done: string;
  readonly ready?: boolean;
  /** Once it is done; what was typed is no longer wanted. */
  readonly onDone?: () => void;
  readonly onOpenChange?: (open: boolean) => void;
  readonly children?: ReactNode;
}

/** Asks before something is done that costs money or cannot be undone. */
export function CommandDialog({
  kind = 'plain',
  isCommon = false,
  small = false,
  ready = true,
  ...props
}: CommandDialogProps) {
  const [open, setOpen] = useState(false);
  const { running, error, send, forget } = useCommand();

  function turn(next: boolean): void {
    setOpen(next);
    props.onOpenChange?.(next);
  }
  async function confirm(): Promise<void> {
    if (!(await send(props.request, props.done))) return;
    turn(false);
    props.onDone?.();
  }
  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(next) => {
        forget();
        turn(next);
      }}
    >
      <AlertDialog.Trigger
        className={`button ${isCommon ? 'plain' : kind}${small ? ' small' : ''}`}
        aria-label={props.about === undefined ? undefined : `${props.label} ${props.about}`}
      >
        {props.label}
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (ready) void confirm();
            }}
          >
            <AlertDialog.Title className="dialog-title">{props.title}</AlertDialog.Title>
            <AlertDialog.Description className="dialog-text" render={<div />}>
              {props.consequence}
            </AlertDialog.Description>
            {props.children}
            {error !== undefined && <ProblemBox error={error} />}
            <div className="dialog-buttons">
              <AlertDialog.Close className="button plain">Cancel</AlertDialog.Close>
              <Button
                type="submit"
                kind={kind === 'danger' ? 'danger' : 'primary'}
                disabled={running || !ready}
              >
                {running ? 'Working…' : props.confirm}
              </Button>
            </div>
          </form>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
