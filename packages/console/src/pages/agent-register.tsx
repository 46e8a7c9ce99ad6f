import { useAllPages } from '../api/queries.ts';
import { useReference } from '../api/reference.ts';
import { useMayCommand } from '../api/session.ts';
import { goTo, hrefOf } from '../route.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty } from '../ui/query-view.tsx';
import { Choice } from '../ui/choice.tsx';
import { CommandForm } from '../ui/command-form.tsx';
import { ReadOnlyNote, Page } from '../ui/page.tsx';
import { TextField } from '../ui/text-field.tsx';
import { capabilitiesOf, type Typed } from './listing-fields.ts';
import { useListing } from './use-listing.ts';

const FIELDS = ['worker', 'name', 'description', 'capabilities', 'price'] as const;
const NOTHING: Typed = { worker: '', name: '', description: '', capabilities: '', price: '' };

/** Offers a worker on the marketplace. */
export function RegisterPage() {
  const workers = useAllPages(['names', 'workers'], '/workers');
  const agents = useAllPages(['names', 'agents'], '/agents');
  const offered = new Set(agents.data?.items.map(({ worker }) => worker));
  const mayCommand = useMayCommand();
  return (
    <Page title="Register an agent">
      {mayCommand ? (
        <QueryView query={workers}>
          {({ items }) => {
            const free = items.map(({ name }) => name).filter((name) => !offered.has(name));
            return free.length === 0 ? (
              <Empty
                title={items.length === 0 ? 'There are no workers to register' : 'All workers are registered'}
              >
                Map another one in the configuration first; <code>agrenting-hiclaw setup</code> finds them.
              </Empty>
            ) : (
              <Register workers={free} />
            );
          }}
        </QueryView>
      ) : (
        <ReadOnlyNote />
      )}
    </Page>
  );
}

function Register({ workers }: { readonly workers: readonly string[] }) {
  const { limits } = useReference();
  const { typed, field, isRight } = useListing(NOTHING);
  return (
    <CommandForm
      consequence="The marketplace lists the agent and creates a key, which the adapter stores and never shows. `up` loads it within seconds; restart apps that run separately."
      confirm="Register the agent"
      request={() => {
        if (!isRight(FIELDS)) return undefined;
        const { worker, name, description, capabilities, price } = typed;
        return {
          command: 'POST /agents',
          body: {
            worker,
            name: name.trim(),
            description: description.trim(),
            capabilities: capabilitiesOf(capabilities),
            price: price.trim(),
          },
        };
      }}
      done={`${safeText(typed.name.trim())} is registered`}
      onDone={() => goTo(hrefOf('agents'))}
      cancelHref={hrefOf('agents')}
    >
      <Choice
        label="Worker"
        {...field('worker')}
        placeholder="Choose a worker"
        options={workers.map((name) => ({ value: name, label: safeText(name) }))}
      />
      <TextField
        label="Name"
        maxLength={limits.agentNameCharacters}
        hint="Shown to hirers."
        {...field('name')}
      />
      <TextField
        label="Description"
        lines={5}
        maxLength={limits.agentDescriptionCharacters}
        hint="What it does for a hirer, in a few sentences."
        {...field('description')}
      />
      <TextField
        label="Capabilities"
        hint="Comma-separated. Hirers search by them."
        placeholder="translation, writing"
        {...field('capabilities')}
      />
      <TextField label="Price of a hiring, in US dollars" inputMode="decimal" {...field('price')} />
    </CommandForm>
  );
}
