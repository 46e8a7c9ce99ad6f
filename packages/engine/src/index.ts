export type { EnginePorts } from './context.ts';
export { startEngine, type Engine, type EngineEvents, type EngineOptions } from './engine.ts';
export { DEFAULT_SETTINGS, type EngineSettings } from './settings.ts';
