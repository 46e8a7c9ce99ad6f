import type { HiclawProfile } from '@agrenting-hiclaw/core/domain';

/** The command of a HiClaw's controller (HiClaw reference, 0.2). */
export type ControllerCommand = 'hiclaw' | 'agt';

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
  /** What the controller's command is called; undefined where there is no controller. */
  readonly controllerCommand: ControllerCommand | undefined;
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
  controllerCommand: 'hiclaw',
  managerSettings: { key: 'manager/openclaw.json' },
  ownersContainer: 'hiclaw-controller',
  sessionFolders: ['.copaw/workspaces/default/sessions/'],
};

export const PROFILES: Readonly<Record<HiclawProfile, Profile>> = {
  '1.0': {
    ...ONE_POINT_ONE,
    projectObject: false,
    controller: false,
    controllerCommand: undefined,
    managerSettings: { path: '/root/manager-workspace/openclaw.json' },
    ownersContainer: 'hiclaw-manager',
    sessionFolders: ['.copaw/sessions/'],
  },
  '1.1': ONE_POINT_ONE,
  '1.2': {
    ...ONE_POINT_ONE,
    bucket: 'agentteams-storage',
    storageAlias: 'agentteams',
    controllerCommand: 'agt',
    ownersContainer: 'agentteams-controller',
    sessionFolders: [
      '.copaw/workspaces/default/sessions/',
      // QwenPaw keeps the conversations of each channel in a folder of their own.
      '.qwenpaw/workspaces/default/sessions/agentteams_matrix/',
      '.qwenpaw/workspaces/default/sessions/',
    ],
  },
};

/** The controller's command that a program is, by the last part of its path. */
export function controllerCommandOf(program: string): ControllerCommand | undefined {
  const name = program.slice(program.lastIndexOf('/') + 1);
  return Object.values(PROFILES).find(({ controllerCommand }) => controllerCommand === name)
    ?.controllerCommand;
}
