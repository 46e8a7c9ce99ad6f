import { useState } from 'react';
import { useAnswer } from '../api/queries.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty } from '../ui/query-view.tsx';
import { Badge } from '../ui/badge.tsx';
import { Page } from '../ui/page.tsx';
import { SafeText } from '../ui/safe-text.tsx';
import { TextField } from '../ui/text-field.tsx';

const SECRET = 'set, not shown';

/** What the adapter runs with, and where each came from. It is changed in the configuration, not here. */
export function SettingsPage() {
  const query = useAnswer(['settings'], '/settings');
  const [wanted, setWanted] = useState('');
  return (
    <Page title="Settings">
      <p className="dim">
        What the adapter runs with. Change it in its configuration, which <code>agrenting-hiclaw up</code>{' '}
        applies automatically; docs/configuration.md lists every setting.
      </p>
      <search className="filters one">
        <TextField
          label="Search"
          type="search"
          value={wanted}
          onChange={setWanted}
          placeholder="Name or value"
        />
      </search>
      <QueryView query={query}>
        {({ items }) => {
          const settings = items
            .map(({ path, value, from, secret }) => ({ path, from, value: secret ? SECRET : shown(value) }))
            .filter(({ path, value }) =>
              `${path} ${value}`.toLowerCase().includes(wanted.trim().toLowerCase()),
            );
          return settings.length === 0 ? (
            <Empty title="No settings match" />
          ) : (
            <ul className="card flush rows settings">
              {settings.map(({ path, value, from }) => (
                <li key={path}>
                  <code>{safeText(path)}</code>
                  <span>
                    <SafeText text={value} limit={500} />
                  </span>
                  <Badge tone={from === 'default' ? 'off' : 'busy'}>{safeText(from)}</Badge>
                </li>
              ))}
            </ul>
          );
        }}
      </QueryView>
    </Page>
  );
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ');
  return value === null ? 'not set' : JSON.stringify(value);
}
