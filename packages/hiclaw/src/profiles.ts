/** The generations of HiClaw; from 1.2 on it is called AgentTeams (HiClaw reference, 0.2). */
export type ProfileName = '1.0' | '1.1' | '1.2';

/** What differs between the generations, as far as the adapter meets it. */
export interface Profile {
  /** Its bucket, unless the owner set another (HiClaw reference, 5). */
  readonly bucket: string;
  /** What MinIO's client calls the storage in HiClaw's own containers. */
  readonly storageAlias: string;
  /** Whether a task belongs to a project whose object must be there before a worker can take it (2.6). */
  readonly projectObject: boolean;
  /** Whether a controller makes the workers' settings, so that what is written into them by hand does not last (6.3). */
  readonly controller: boolean;
  /** The Manager's own settings: a key of the bucket, or a path in its container (1.4 and 5). */
  readonly managerSettings: { readonly key: string } | { readonly path: string };
  /** The container in which the owner finds MinIO's client. */
  readonly ownersContainer: string;
  /** Beneath `agents/<worker>/`: where the sessions of workers in Python lie (4). */
  readonly sessionFolders: readonly string[];
}

const ONE_POINT_ONE: Profile = {
  bucket: 'hiclaw-storage',
  storageAlias: 'hiclaw',
  projectObject: true,
  controller: true,
  managerSettings: { key: 'manager/openclaw.json' },
  ownersContainer: 'hiclaw-controller',
  sessionFolders: ['.copaw/workspaces/default/sessions/'],
};

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  '1.0': {
    ...ONE_POINT_ONE,
    projectObject: false,
    controller: false,
    managerSettings: { path: '/root/manager-workspace/openclaw.json' },
    ownersContainer: 'hiclaw-manager',
    sessionFolders: ['.copaw/sessions/'],
  },
  '1.1': ONE_POINT_ONE,
  '1.2': {
    ...ONE_POINT_ONE,
    bucket: 'agentteams-storage',
    storageAlias: 'agentteams',
    ownersContainer: 'agentteams-controller',
    sessionFolders: [
      '.copaw/workspaces/default/sessions/',
      // QwenPaw keeps the conversations of each channel in a folder of their own.
      '.qwenpaw/workspaces/default/sessions/agentteams_matrix/',
      '.qwenpaw/workspaces/default/sessions/',
    ],
  },
};
