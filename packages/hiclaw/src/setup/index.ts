// What sets a HiClaw up for the adapter. Nothing that runs imports it.
export {
  signIn,
  signOut,
  signUp,
  signUpByAdmin,
  type SignInOutcome,
  type SignInSettings,
} from './sign-in.ts';
export { allow, disallow, type AllowListEdit } from './allow-list-edit.ts';
export { findWorkers, type FoundWorkers } from './find-workers.ts';
export {
  adapterPolicy,
  createStorageAdmin,
  type AdminOutcome,
  type StorageAdmin,
  type StorageAdminOptions,
} from './storage-admin.ts';
export { enterRoom, exitRoom } from './worker-room.ts';
export { askForHuman, controlledWorkers, policyEdit, readHuman, setPolicy } from './controller-admin.ts';
export { detectProfile, type DetectedProfile } from './detect-profile.ts';
export { inviteManager, type ManagerRoom } from './manager-room.ts';
export { openConsole, type ConsoleSettings, type GatewayConsole } from '../gateway/console.ts';
export {
  checkWebhookRoutes,
  makeWebhookRoutes,
  removeWebhookRoutes,
  type GatewayFinding,
} from '../gateway/webhook-routes.ts';
