export type { EnginePorts } from './context.ts';
export type { CommittedStep, EngineEvents, StepWrapper } from './engine-events.ts';
export { startEngine, type Engine, type EngineOptions } from './engine.ts';
export { DEFAULT_SETTINGS, type EngineSettings } from './settings.ts';
