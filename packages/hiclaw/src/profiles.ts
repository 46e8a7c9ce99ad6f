/** The generations of HiClaw; from 1.2 on it is called AgentTeams (HiClaw reference, 0.2). */
export type ProfileName = '1.0' | '1.1' | '1.2';

/** What differs between the generations, as far as the adapter meets it. */
export interface Profile {
  /** Its bucket, unless the owner set another (HiClaw reference, 5). */
  readonly bucket: string;
  /** Whether a task belongs to a project whose object must be there before a worker can take it (2.6). */
  readonly projectObject: boolean;
}

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  '1.0': { bucket: 'hiclaw-storage', projectObject: false },
  '1.1': { bucket: 'hiclaw-storage', projectObject: true },
  '1.2': { bucket: 'agentteams-storage', projectObject: true },
};
