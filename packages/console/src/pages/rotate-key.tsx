import { CommandDialog } from '../ui/command-dialog.tsx';

/** Rotates an agent's key; only a key in its own file can be rotated. */
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
          <p>The marketplace creates a new key and refuses the old one from then on.</p>
          <p>
            The adapter replaces the old key. <code>agrenting-hiclaw up</code> loads the new one within
            seconds; restart apps that run separately. Until then the agent receives nothing there. Whatever
            else uses the old key stops working.
          </p>
        </>
      }
      confirm="Rotate the key"
      request={{ command: 'POST /agents/{id}/rotate-key', of: agentId }}
      done={`${name} has a new key`}
    />
  );
}
