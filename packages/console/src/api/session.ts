import { createContext, use } from 'react';
import type { Session } from './schemas.ts';

export const SessionContext = createContext<Session | undefined>(undefined);

/** A viewer only looks; the server refuses the rest anyway. */
export function useMayCommand(): boolean {
  return use(SessionContext)?.role === 'operator';
}
