import { CommandDialog } from '../ui/command-dialog.tsx';

/** Trades an agent's key for a new one; only one that stands in a file of its own can be traded. */
export function RotateKey({ agentId, name }: { readonly agentId: string; readonly name: string }) {
  return (
    <CommandDialog
      label="Rotate key…"
      kind="danger"
      isCommon
      small
      about={name}
      title={`Give ${name} a new key?`}
      consequence={
        <>
          <p>The marketplace makes a new key, and the old one is refused from then on.</p>
          <p>
            The adapter keeps the new one in the place of the old. <code>agrenting-hiclaw up</code> takes it
            up within seconds; an app that runs by itself when it is started again, and until then the agent
            hears nothing there. Whatever else uses the old key stops working.
          </p>
        </>
      }
      confirm="Rotate the key"
      wish={{ does: 'POST /agents/{id}/rotate-key', of: agentId }}
      done={`${name} has a new key`}
    />
  );
}
