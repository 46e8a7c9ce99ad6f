import { useAllPages } from '../api/queries.ts';
import type { Worker } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { hrefOf } from '../route.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty, NotAll } from '../ui/query-view.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { Timestamp } from '../ui/timestamp.tsx';
import { Page } from '../ui/page.tsx';
import { SearchedList, type Kind } from '../ui/searched-list.tsx';
import { StopWorker } from './stop-worker.tsx';

/** By what wants to be seen first. */
const STATES: Readonly<Record<string, readonly [place: number, tone: Tone, name: string]>> = {
  'needs-operator': [0, 'warn', 'needs you'],
  working: [1, 'busy', 'working'],
  idle: [2, 'off', 'idle'],
};

function stateOf({ state }: Worker): readonly [place: number, tone: Tone, name: string] {
  return STATES[state] ?? [1, 'off', state];
}

const KINDS: readonly Kind<Worker>[] = Object.entries(STATES).map(([value, [, , label]]) => ({
  value,
  label,
  isOne: ({ state }) => state === value,
}));

/** Every worker: whether it has work, where it lives, when it last showed activity. */
export function WorkersPage({ query }: { readonly query: URLSearchParams }) {
  const answer = useAllPages(['workers'], '/workers', { everyMs: 15_000 });
  return (
    <Page title="Workers">
      <QueryView query={answer}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="No worker yet">
              Workers live in HiClaw; the adapter’s settings map each to its agent.{' '}
              <code>agrenting-hiclaw setup</code> finds them.
            </Empty>
          ) : (
            <>
              <SearchedList
                items={items}
                page="workers"
                query={query}
                choice={{ name: 'state', label: 'State', all: 'Any' }}
                kinds={KINDS}
                placeholder="Name or Matrix user"
                textOf={({ name, userId }) => `${name} ${userId}`}
                compare={(one, other) =>
                  stateOf(one)[0] - stateOf(other)[0] || one.name.localeCompare(other.name)
                }
                none={{ title: 'No workers match these filters', all: 'Show all workers' }}
              >
                {(some) => (
                  <ul className="card flush rows">
                    {some.map((worker) => (
                      <WorkerRow key={worker.name} worker={worker} />
                    ))}
                  </ul>
                )}
              </SearchedList>
              <NotAll nextCursor={nextCursor} />
            </>
          )
        }
      </QueryView>
    </Page>
  );
}

function WorkerRow({ worker }: { readonly worker: Worker }) {
  const mayCommand = useMayCommand();
  const { lastActivityAt, openHirings, runtime } = worker;
  const name = safeText(worker.name);
  const [, tone, state] = stateOf(worker);
  return (
    <li className="worker-row">
      <div>
        <div className="row-head">
          <h2>{name}</h2>
          <Badge tone={tone}>{safeText(state)}</Badge>
        </div>
        <p className="dim">
          <code>{safeText(worker.userId)}</code>
        </p>
        <p className="dim">
          <code>{safeText(worker.roomId)}</code>
        </p>
      </div>
      <div>
        <p>
          <a href={hrefOf('hirings', { worker: worker.name })}>
            {openHirings === 1 ? '1 hiring' : `${openHirings} hirings`}
          </a>{' '}
          open
        </p>
        <p className="dim">
          {lastActivityAt === null ? (
            'no activity yet'
          ) : (
            <>
              last activity <Timestamp at={lastActivityAt} />
            </>
          )}
        </p>
        <p className="dim">runtime {safeText(runtime ?? 'not known')}</p>
      </div>
      {mayCommand && (
        <div className="actions">
          <CommandButton
            label="Start"
            about={name}
            request={{ command: 'POST /workers/{name}/start', of: worker.name }}
            done={`${name} is started`}
          />
          <StopWorker worker={worker.name} name={name} />
          <CommandButton
            label="Ping"
            about={name}
            request={{ command: 'POST /workers/{name}/ping', of: worker.name }}
            done={`${name} responded`}
          />
        </div>
      )}
    </li>
  );
}
