import { useState, type ReactNode } from 'react';
import { useAnswer } from '../api/queries.ts';
import type { CommandName } from '../api/contract.ts';
import type { Hiring, HiringItem } from '../api/schemas.ts';
import { moneyOfPrice } from '../text/money.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView } from '../ui/query-view.tsx';
import { Button } from '../ui/button.tsx';
import { CommandDialog } from '../ui/command-dialog.tsx';
import { Facts } from '../ui/page.tsx';
import { Id, SafeText } from '../ui/safe-text.tsx';
import { titleOf } from './hirings.tsx';

interface HiringDialogProps {
  readonly hiring: HiringItem;
  readonly small: boolean;
  readonly label: string;
  readonly kind?: 'plain' | 'primary' | 'danger';
  readonly title: string;
  /** What will come of it, with what is decided about. */
  readonly consequence: (shown: Hiring) => ReactNode;
  readonly confirm: string;
  readonly command: CommandName;
  /** What is sent for the hiring that was shown, beside its version. */
  readonly body: (shown: Hiring) => Readonly<Record<string, unknown>>;
  readonly done: string;
  readonly ready?: (shown: Hiring) => boolean;
  readonly onDone?: () => void;
  readonly children?: ReactNode;
}

/**
 * Asks before something is decided about a hiring: names it, shows what is decided about, and sends for just that. What was
 * read when the dialog opened stays; where the hiring is another by then, it is looked at again before anything is sent.
 */
export function HiringDialog({
  hiring,
  consequence,
  command,
  body,
  ready,
  children,
  ...props
}: HiringDialogProps) {
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState<Hiring>();
  const query = useAnswer(['hiring', hiring.id], '/hirings/{id}', { of: hiring.id, isWanted: open });
  const present = query.data;
  // What was read before the dialog opened may be old.
  if (open && shown === undefined && present !== undefined && !query.isFetching) setShown(present);
  const hasChanged = shown !== undefined && present !== undefined && present.version !== shown.version;
  return (
    <CommandDialog
      {...props}
      about={hiring.id}
      onOpenChange={(next) => {
        setOpen(next);
        setShown(undefined);
      }}
      consequence={
        shown === undefined ? (
          <QueryView query={query}>{() => null}</QueryView>
        ) : (
          <>
            <About hiring={shown} />
            {hasChanged && (
              <div className="notice warn" role="alert">
                <p>This hiring has changed since you opened it.</p>
                <Button small onClick={() => setShown(present)}>
                  Show current version
                </Button>
              </div>
            )}
            {consequence(shown)}
          </>
        )
      }
      request={{ command, of: hiring.id, body: shown === undefined ? {} : body(shown) }}
      ready={shown !== undefined && !hasChanged && (ready?.(shown) ?? true)}
    >
      {children}
    </CommandDialog>
  );
}

/** Which hiring it is, whose, and for how much. */
function About({ hiring }: { readonly hiring: Hiring }) {
  return (
    <Facts
      facts={[
        ['Hiring', <Id key="id" id={hiring.id} whole />],
        ['Title', <SafeText key="title" text={titleOf(hiring)} limit={200} />],
        ['Worker', safeText(hiring.worker ?? '–')],
        ['Amount', safeText(moneyOfPrice(hiring.price))],
      ]}
    />
  );
}
