/** Says what is being done, for people who wait. */
export type Tell = (line: string) => void;
