import { useState } from 'react';
import { useReference } from '../api/reference.ts';
import { problemsOf, type ListingName, type Typed } from './listing-fields.ts';

/** What is typed of a listing, and what was found wrong with it. */
export function useListing(begin: Typed) {
  const { limits } = useReference();
  const [typed, setTyped] = useState(begin);
  const [problems, setProblems] = useState<ReturnType<typeof problemsOf>>({});
  return {
    typed,
    /** For the element in which a field is typed; what was wrong with it is forgotten as it changes. */
    field: (name: ListingName) => ({
      value: typed[name],
      problem: problems[name],
      onChange: (value: string) => {
        setTyped((before) => ({ ...before, [name]: value }));
        setProblems((before) => ({ ...before, [name]: undefined }));
      },
    }),
    /** Looks at these fields and shows what is wrong; whether nothing is. */
    isRight: (names: readonly ListingName[]): boolean => {
      const found = problemsOf(typed, names, limits);
      setProblems(found);
      return Object.keys(found).length === 0;
    },
  };
}
