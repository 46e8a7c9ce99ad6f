import { useWhole } from '../api/queries.ts';
import type { Worker } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { goTo, hrefOf } from '../route.ts';
import { visibleText } from '../text/visible.ts';
import { Answered, Empty, NotAll } from '../ui/answered.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Choice } from '../ui/choice.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { InSteps } from '../ui/in-steps.tsx';
import { Moment } from '../ui/moment.tsx';
import { Page } from '../ui/page.tsx';
import { TextField } from '../ui/text-field.tsx';
import { StopWorker } from './stop-worker.tsx';

/** By what wants to be seen first. */
const STATES: Readonly<Record<string, readonly [place: number, tone: Tone, name: string]>> = {
  'needs-person': [0, 'warn', 'needs you'],
  working: [1, 'busy', 'working'],
  idle: [2, 'off', 'idle'],
};

function stateOf({ state }: Worker): readonly [place: number, tone: Tone, name: string] {
  return STATES[state] ?? [1, 'off', state];
}

/** Every worker: whether it has work, where it lives, when it last gave a sign. */
export function WorkersPage({ query }: { readonly query: URLSearchParams }) {
  const answer = useWhole(['workers'], '/workers', { everyMs: 15_000 });
  const wanted = { q: query.get('q') ?? '', state: query.get('state') ?? '' };
  const change = (name: string, value: string): void =>
    goTo(hrefOf('workers', { ...wanted, [name]: value }), 'replace');
  const isWanted = ({ name, userId, state }: Worker): boolean =>
    `${name} ${userId}`.toLowerCase().includes(wanted.q.trim().toLowerCase()) &&
    (wanted.state === '' || state === wanted.state);
  return (
    <Page title="Workers">
      <Answered query={answer}>
        {({ items, nextCursor }) => {
          const shown = items
            .filter(isWanted)
            .toSorted(
              (one, other) => stateOf(one)[0] - stateOf(other)[0] || one.name.localeCompare(other.name),
            );
          return items.length === 0 ? (
            <Empty title="No worker yet">
              Workers live in HiClaw; the adapter’s settings map each to its agent.{' '}
              <code>agrenting-hiclaw setup</code> finds them.
            </Empty>
          ) : (
            <>
              <search className="filters two">
                <TextField
                  label="Search"
                  type="search"
                  value={wanted.q}
                  onChange={(value) => change('q', value)}
                  placeholder="Name or Matrix user"
                  maxLength={200}
                />
                <Choice
                  label="State"
                  value={wanted.state}
                  onChange={(value) => change('state', value)}
                  options={[
                    { value: '', label: `Any (${items.length})` },
                    ...Object.entries(STATES).map(([value, [, , label]]) => ({
                      value,
                      label: `${label} (${items.filter(({ state }) => state === value).length})`,
                    })),
                  ]}
                />
              </search>
              {shown.length === 0 ? (
                <Empty title="No worker is like that">
                  <a href={hrefOf('workers')}>Show all workers</a>
                </Empty>
              ) : (
                <InSteps items={shown}>
                  {(some) => (
                    <ul className="card flush rows">
                      {some.map((worker) => (
                        <WorkerRow key={worker.name} worker={worker} />
                      ))}
                    </ul>
                  )}
                </InSteps>
              )}
              <NotAll nextCursor={nextCursor} />
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

function WorkerRow({ worker }: { readonly worker: Worker }) {
  const mayCommand = useMayCommand();
  const { lastSignAt, openHirings, runtime } = worker;
  const name = visibleText(worker.name);
  const [, tone, state] = stateOf(worker);
  return (
    <li className="worker-row">
      <div>
        <div className="row-head">
          <h2>{name}</h2>
          <Badge tone={tone}>{visibleText(state)}</Badge>
        </div>
        <p className="dim">
          <code>{visibleText(worker.userId)}</code>
        </p>
        <p className="dim">
          <code>{visibleText(worker.roomId)}</code>
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
          {lastSignAt === null ? (
            'no sign yet'
          ) : (
            <>
              last sign <Moment at={lastSignAt} />
            </>
          )}
        </p>
        <p className="dim">runtime {visibleText(runtime ?? 'not known')}</p>
      </div>
      {mayCommand && (
        <div className="actions">
          <CommandButton
            label="Start"
            about={name}
            wish={{ does: 'POST /workers/{name}/start', of: worker.name }}
            done={`${name} is started`}
          />
          <StopWorker worker={worker.name} name={name} />
          <CommandButton
            label="Nudge"
            about={name}
            wish={{ does: 'POST /workers/{name}/nudge', of: worker.name }}
            done={`${name} hears`}
          />
        </div>
      )}
    </li>
  );
}
