import { useState } from 'react';
import { useAnswer } from '../api/queries.ts';
import { settingsSchema } from '../api/schemas.ts';
import { settingsOf } from '../api/settings.ts';
import { visibleText } from '../text/visible.ts';
import { Answered, Empty } from '../ui/answered.tsx';
import { Badge } from '../ui/badge.tsx';
import { Page } from '../ui/page.tsx';
import { ShownText } from '../ui/shown-text.tsx';
import { TextField } from '../ui/text-field.tsx';

/** What the adapter runs with, and where each came from. It is changed in the configuration, not here. */
export function SettingsPage() {
  const query = useAnswer(['settings'], settingsSchema, '/settings');
  const [wanted, setWanted] = useState('');
  return (
    <Page title="Settings">
      <p className="dim">
        What the adapter runs with. Change it in its configuration and restart it; docs/configuration.md has
        every setting.
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
      <Answered query={query}>
        {(answer) => {
          const settings = settingsOf(answer).filter(({ name, value }) =>
            `${name} ${value}`.toLowerCase().includes(wanted.trim().toLowerCase()),
          );
          return settings.length === 0 ? (
            <Empty title="No setting is like that" />
          ) : (
            <ul className="card flush rows settings">
              {settings.map(({ name, value, from }) => (
                <li key={name}>
                  <code>{visibleText(name)}</code>
                  <span>
                    <ShownText text={value} limit={500} />
                  </span>
                  {from !== '' && (
                    <Badge tone={from === 'default' ? 'off' : 'busy'}>{visibleText(from)}</Badge>
                  )}
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
    </Page>
  );
}
