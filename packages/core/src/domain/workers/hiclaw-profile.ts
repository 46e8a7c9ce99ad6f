/** Every supported generation of HiClaw, oldest first; from 1.2 on it is called AgentTeams (HiClaw reference, 0.2). */
export const HICLAW_PROFILES = ['1.0', '1.1', '1.2'] as const;
export type HiclawProfile = (typeof HICLAW_PROFILES)[number];

/** The one that applies where nothing names or shows another. */
export const DEFAULT_HICLAW_PROFILE: HiclawProfile = '1.0';
