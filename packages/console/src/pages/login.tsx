import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { logIn } from '../api/client.ts';
import { ProblemBox } from '../ui/query-view.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';

export function LoginPage() {
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    document.title = 'Log in · Agrenting HiClaw';
  }, []);

  async function enter(): Promise<void> {
    setRunning(true);
    setError(undefined);
    try {
      const session = await logIn(token.trim());
      // Nothing that somebody else saw.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      queries.setQueryData(['session'], session);
    } catch (problem) {
      setError(problem);
    } finally {
      setRunning(false);
    }
  }
  return (
    <main className="alone">
      <form
        className="card login"
        onSubmit={(event) => {
          event.preventDefault();
          if (!running && token.trim() !== '') void enter();
        }}
      >
        <p className="brand">
          <span className="brand-mark" aria-hidden>
            A
          </span>
          <span>Agrenting HiClaw</span>
        </p>
        <h1>Log in</h1>
        <TextField
          label="Token"
          type="password"
          value={token}
          onChange={setToken}
          autoComplete="current-password"
          hint="Your token from agrenting-hiclaw admin token."
          required
        />
        {error !== undefined && <ProblemBox error={error} />}
        <Button type="submit" kind="primary" disabled={running}>
          {running ? 'Logging in…' : 'Log in'}
        </Button>
      </form>
    </main>
  );
}
