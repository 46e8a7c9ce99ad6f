import { useWhole } from '../api/queries.ts';
import type { Worker } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { hrefOf } from '../route.ts';
import { visibleText } from '../text/visible.ts';
import { Answered, Empty, NotAll } from '../ui/answered.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { Moment } from '../ui/moment.tsx';
import { Facts, Page } from '../ui/page.tsx';

const TONES: Readonly<Record<string, Tone>> = {
  idle: 'good',
  working: 'busy',
  'needs-person': 'warn',
};

/** Every worker: whether it has work, where it lives, when it last gave a sign. */
export function WorkersPage() {
  const query = useWhole(['workers'], '/workers', { everyMs: 15_000 });
  return (
    <Page title="Workers">
      <Answered query={query}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="No worker yet">
              Workers live in HiClaw; the adapter's settings map each to its agent.
            </Empty>
          ) : (
            <>
              <ul className="cards two">
                {items.map((worker) => (
                  <WorkerCard key={worker.name} worker={worker} />
                ))}
              </ul>
              <NotAll nextCursor={nextCursor} />
            </>
          )
        }
      </Answered>
    </Page>
  );
}

function WorkerCard({ worker }: { readonly worker: Worker }) {
  const mayCommand = useMayCommand();
  const name = visibleText(worker.name);
  return (
    <li className="card">
      <div className="card-head">
        <h2>{name}</h2>
        <Badge tone={TONES[worker.state] ?? 'off'}>{visibleText(worker.state.replaceAll('-', ' '))}</Badge>
      </div>
      <Facts
        facts={[
          ['Matrix user', <code key="user">{visibleText(worker.userId)}</code>],
          ['Room', <code key="room">{visibleText(worker.roomId)}</code>],
          ['Runtime', visibleText(worker.runtime ?? 'not known')],
          ['Last sign', <Moment key="sign" at={worker.lastSignAt} />],
          [
            'Open hirings',
            <a key="open" href={hrefOf('hirings', { worker: worker.name })}>
              {worker.openHirings}
            </a>,
          ],
        ]}
      />
      {mayCommand && (
        <div className="actions">
          <CommandButton
            label="Start"
            about={name}
            wish={{ does: 'POST /workers/{name}/start', of: worker.name }}
            done={`${name} is started`}
          />
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
