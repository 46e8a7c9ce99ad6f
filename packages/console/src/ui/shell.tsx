import { Dialog } from '@base-ui/react/dialog';
import { Menu } from '@base-ui/react/menu';
import { useQueryClient } from '@tanstack/react-query';
import {
  Bell,
  Bot,
  Check,
  CircleUser,
  Coins,
  Gauge,
  Hammer,
  Inbox,
  KeyRound,
  Menu as MenuIcon,
  MessagesSquare,
  Scale,
  ScrollText,
  Settings,
  Stethoscope,
  TriangleAlert,
  X,
  type LucideIcon,
} from 'lucide-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import { logOut } from '../api/client.ts';
import { useLiveness, type Liveness } from '../api/live.ts';
import { useAnswer } from '../api/queries.ts';
import type { Session } from '../api/schemas.ts';
import { hrefOf } from '../route.ts';
import { chosenTheme, setTheme, THEMES, type Theme } from './theme.ts';

type Entry = readonly [path: string, name: string, icon: LucideIcon];
const WORK: readonly Entry[] = [
  ['', 'Overview', Gauge],
  ['attention', 'Attention', TriangleAlert],
  ['hirings', 'Hirings', Inbox],
  ['agents', 'Agents', Bot],
  ['workers', 'Workers', Hammer],
  ['earnings', 'Earnings', Coins],
  ['alerts', 'Alerts', Bell],
];
const SYSTEM: readonly Entry[] = [
  ['doctor', 'Doctor', Stethoscope],
  ['rooms', 'Rooms', MessagesSquare],
  ['keys', 'Keys', KeyRound],
  ['policy', 'Policy', Scale],
  ['audit', 'Audit', ScrollText],
  ['settings', 'Settings', Settings],
];

interface ShellProps {
  readonly path: string;
  readonly session: Session;
  readonly children: ReactNode;
}

/** What surrounds every page: where one can go, whether what is shown is live, who one is. */
export function Shell({ path, session, children }: ShellProps) {
  const main = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <div className="shell">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <header className="top">
        <Dialog.Root open={open} onOpenChange={setOpen}>
          <Dialog.Trigger className="button quiet icon-only phone-only" aria-label="Menu">
            <MenuIcon aria-hidden size={20} />
          </Dialog.Trigger>
          <Dialog.Portal>
            <Dialog.Backdrop className="backdrop" />
            <Dialog.Popup className="drawer">
              <div className="drawer-head">
                <Dialog.Title className="brand">Agrenting HiClaw</Dialog.Title>
                <Dialog.Close className="button quiet icon-only" aria-label="Close the menu">
                  <X aria-hidden size={20} />
                </Dialog.Close>
              </div>
              <CallSlots path={path} label="Menu" onGo={() => setOpen(false)} />
            </Dialog.Popup>
          </Dialog.Portal>
        </Dialog.Root>
        <a href={hrefOf('')} className="brand">
          <span className="brand-mark" aria-hidden>
            A
          </span>
          <span>Agrenting HiClaw</span>
        </a>
        <span className="grow" />
        <LiveIndicator liveness={useLiveness()} />
        <Account session={session} />
      </header>
      <aside className="side">
        <CallSlots path={path} label="Pages" />
      </aside>
      <main ref={main} id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function CallSlots({
  path,
  label,
  onGo,
}: {
  readonly path: string;
  readonly label: string;
  readonly onGo?: () => void;
}) {
  const { data } = useAnswer(['overview'], '/overview', { everyMs: 60_000 });
  const head = useId();
  return (
    <nav aria-label={label}>
      <Group entries={WORK} path={path} onGo={onGo} attention={data?.attention ?? 0} />
      <h2 className="places-head" id={head}>
        System
      </h2>
      <Group entries={SYSTEM} path={path} onGo={onGo} labelledBy={head} />
    </nav>
  );
}

function Group({
  entries,
  path,
  onGo,
  attention = 0,
  labelledBy,
}: {
  readonly entries: readonly Entry[];
  readonly path: string;
  readonly onGo: (() => void) | undefined;
  readonly attention?: number;
  readonly labelledBy?: string;
}) {
  return (
    <ul className="places" aria-labelledby={labelledBy}>
      {entries.map(([place, name, Icon]) => {
        const isHere = place === '' ? path === '' : path.split('/')[0] === place;
        return (
          <li key={place}>
            <a href={hrefOf(place)} aria-current={isHere ? 'page' : undefined} onClick={onGo}>
              <Icon aria-hidden size={18} />
              <span className="grow">{name}</span>
              {place === 'attention' && attention > 0 && (
                <span className="count">
                  {attention.toLocaleString('en')}
                  <span className="unseen"> {attention === 1 ? 'hiring needs' : 'hirings need'} you</span>
                </span>
              )}
            </a>
          </li>
        );
      })}
    </ul>
  );
}

const LIVE: Readonly<Record<Liveness, readonly [tone: string, name: string, title: string]>> = {
  connecting: ['off', 'Connecting', 'Connecting to the adapter.'],
  live: ['good', 'Live', 'Changes appear immediately.'],
  polling: ['warn', 'Polling', 'No live events. The console polls every 10 s and keeps reconnecting.'],
};

function LiveIndicator({ liveness }: { readonly liveness: Liveness }) {
  const [tone, name, title] = LIVE[liveness];
  return (
    <span className={`live ${tone}`} role="status" title={title}>
      {name}
    </span>
  );
}

const THEME_NAMES: Readonly<Record<Theme, string>> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
};

function Account({ session }: { readonly session: Session }) {
  const queries = useQueryClient();
  const [theme, choose] = useState(chosenTheme);
  return (
    <Menu.Root>
      <Menu.Trigger className="button quiet" aria-label={`Account and appearance, ${session.name}`}>
        <CircleUser aria-hidden size={18} />
        <span className="wide-only">{session.name}</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="layer" sideOffset={6} align="end">
          <Menu.Popup className="popup menu">
            <p className="menu-head">
              {session.name}, {session.role}
            </p>
            <Menu.RadioGroup
              value={theme}
              onValueChange={(next: Theme) => {
                setTheme(next);
                choose(next);
              }}
            >
              <Menu.Group>
                <Menu.GroupLabel className="menu-head">Appearance</Menu.GroupLabel>
                {THEMES.map((name) => (
                  <Menu.RadioItem key={name} value={name} className="option">
                    {THEME_NAMES[name]}
                    <Menu.RadioItemIndicator className="option-mark">
                      <Check aria-hidden size={14} />
                    </Menu.RadioItemIndicator>
                  </Menu.RadioItem>
                ))}
              </Menu.Group>
            </Menu.RadioGroup>
            <Menu.Separator className="menu-line" />
            <Menu.Item
              className="option"
              onClick={() => {
                void logOut().finally(() => {
                  queries.setQueryData(['session'], null);
                  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
                });
              }}
            >
              Log out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
