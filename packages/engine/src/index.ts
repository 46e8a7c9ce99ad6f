export type { EnginePorts } from './context.ts';
export {
  startEngine,
  type CommittedStep,
  type Engine,
  type EngineEvents,
  type EngineOptions,
  type StepWrapper,
} from './engine.ts';
export { DEFAULT_SETTINGS, type EngineSettings } from './settings.ts';
