import { usePage } from '../api/queries.ts';
import { hrefOf } from '../route.ts';
import { QueryView } from '../ui/query-view.tsx';
import { CommandDialog } from '../ui/command-dialog.tsx';
import { SafeText } from '../ui/safe-text.tsx';
import { titleOf } from './hirings.tsx';

/** Stops a worker, after it was said what it is at and what then becomes of that. */
export function StopWorker({ worker, name }: { readonly worker: string; readonly name: string }) {
  return (
    <CommandDialog
      label="Stop…"
      kind="danger"
      isCommon
      small
      about={name}
      title={`Stop ${name}?`}
      consequence={<Interrupted worker={worker} />}
      confirm="Stop the worker"
      request={{ command: 'POST /workers/{name}/stop', of: worker }}
      done={`${name} is stopped`}
    />
  );
}

const MOST = 20;
/** The states in which a worker has a hiring in its hands, or waits with it for somebody. */
const HELD = ['acknowledged', 'sent', 'attention'] as const;

function Interrupted({ worker }: { readonly worker: string }) {
  return (
    <>
      {HELD.map((state) => (
        <HeldIn key={state} worker={worker} state={state} />
      ))}
      <p>
        What it has not delivered it forgets. While a hiring needs it, the adapter restarts it automatically:
        pause its agent, and hold or end its hirings first, to have it stay stopped.
      </p>
    </>
  );
}

const SAID: Readonly<Record<(typeof HELD)[number], string>> = {
  acknowledged: 'It is working on',
  sent: 'Assigned to it',
  attention: 'Waiting for you, and possibly in progress',
};

function HeldIn({ worker, state }: { readonly worker: string; readonly state: (typeof HELD)[number] }) {
  const query = usePage(['hirings', 'held', worker, state], '/hirings', {
    worker,
    state,
    limit: String(MOST),
  });
  return (
    <QueryView query={query}>
      {({ items, nextCursor }) =>
        items.length === 0 ? null : (
          <div className="held-hirings">
            <p className="strong">{SAID[state]}:</p>
            <ul>
              {items.map((hiring) => (
                <li key={hiring.id}>
                  <a href={hrefOf(`hirings/${encodeURIComponent(hiring.id)}`)}>
                    <SafeText text={titleOf(hiring)} limit={80} />
                  </a>
                </li>
              ))}
              {nextCursor !== null && <li className="dim">and more</li>}
            </ul>
          </div>
        )
      }
    </QueryView>
  );
}
