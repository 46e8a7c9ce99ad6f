/** Says what is being done, for people who wait. */
export type Report = (line: string) => void;
