import { useState } from 'react';
import { useAllPages } from '../api/queries.ts';
import { useReference } from '../api/reference.ts';
import type { Agent } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { goTo, hrefOf } from '../route.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty } from '../ui/query-view.tsx';
import { CommandForm } from '../ui/command-form.tsx';
import { ReadOnlyNote, Page } from '../ui/page.tsx';
import { TextField } from '../ui/text-field.tsx';
import { capabilitiesOf, type Typed } from './listing-fields.ts';
import { useListing } from './use-listing.ts';

/** Changes what hirers see of an agent. */
export function ListingPage({ id }: { readonly id: string }) {
  const agents = useAllPages(['agents'], '/agents');
  const mayCommand = useMayCommand();
  return (
    <Page title="Listing">
      {mayCommand ? (
        <QueryView query={agents}>
          {({ items }) => {
            const agent = items.find(({ agentId }) => agentId === id);
            return agent === undefined ? (
              <Empty title="Agent not found">
                <a href={hrefOf('agents')}>Go to the agents</a>
              </Empty>
            ) : (
              <Listing key={id} id={id} agent={agent} />
            );
          }}
        </QueryView>
      ) : (
        <ReadOnlyNote />
      )}
    </Page>
  );
}

function Listing({ id, agent }: { readonly id: string; readonly agent: Agent }) {
  // What is typed stays, whatever the marketplace says of it meanwhile.
  const [before] = useState<Typed>({
    worker: '',
    name: '',
    description: '',
    capabilities: agent.listed?.capabilities.join(', ') ?? '',
    price: agent.listed?.price ?? '',
  });
  const { limits } = useReference();
  const { typed, field, isRight } = useListing(before);
  const name = safeText(agent.name ?? id);
  const changed = (['description', 'capabilities', 'price'] as const).filter(
    (of) => typed[of] !== before[of],
  );
  const [nothing, setNothing] = useState(false);
  return (
    <CommandForm
      consequence={
        nothing && changed.length === 0
          ? 'No changes yet.'
          : 'The marketplace shows it at once. Existing hirings keep their price.'
      }
      confirm="Change the listing"
      request={() => {
        const right = isRight(changed);
        setNothing(changed.length === 0);
        if (changed.length === 0 || !right) return undefined;
        return {
          command: 'PATCH /agents/{id}',
          of: id,
          body: {
            ...(changed.includes('description') ? { description: typed.description.trim() } : {}),
            ...(changed.includes('capabilities') ? { capabilities: capabilitiesOf(typed.capabilities) } : {}),
            ...(changed.includes('price') ? { basePrice: typed.price.trim() } : {}),
          },
        };
      }}
      done={`Changed the listing of ${name}`}
      onDone={() => goTo(hrefOf('agents'))}
      cancelHref={hrefOf('agents')}
    >
      <p className="strong">{name}</p>
      <TextField
        label="New description"
        lines={5}
        maxLength={limits.agentDescriptionCharacters}
        hint="Leave empty to keep the current description."
        {...field('description')}
      />
      <TextField
        label="Capabilities"
        hint="Comma-separated. Hirers search by them."
        {...field('capabilities')}
      />
      <TextField label="Price of a hiring, in US dollars" inputMode="decimal" {...field('price')} />
    </CommandForm>
  );
}
