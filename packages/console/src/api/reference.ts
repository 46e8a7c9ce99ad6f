import { createContext, use } from 'react';
import type { Reference } from './schemas.ts';

export const ReferenceContext = createContext<Reference | undefined>(undefined);

/** The states and limits of the adapter. Pages are shown once they are known. */
export function useReference(): Reference {
  const reference = use(ReferenceContext);
  if (reference === undefined) throw new Error('a page is shown outside of ReferenceContext');
  return reference;
}
