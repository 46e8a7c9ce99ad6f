export { whoami, type AccountCheck } from './matrix/account.ts';
export {
  createAttemptRooms,
  type AttemptRoomsOptions,
  type LeaveOutcome,
  type OwnedRooms,
} from './matrix/attempt-rooms.ts';
export { answerGuard, type AnswerOutcome } from './matrix/guard-answer.ts';
export { createHomeserver, type Homeserver, type HomeserverSettings } from './matrix/homeserver.ts';
export { leaveEndedRooms, type RoomKeeperOptions } from './matrix/leave-ended-rooms.ts';
export { createManager, type ManagerOptions } from './matrix/manager.ts';
export { createMessenger, type MessengerOptions } from './matrix/messenger.ts';
export { sayNotice } from './matrix/notice.ts';
export { createSendGate, type SendGate, type SendGateOptions } from './matrix/send-gate.ts';
export { isInRoom, roomStanding } from './matrix/room.ts';
export {
  createRoomListener,
  type ListenerStatus,
  type RoomListener,
  type RoomListenerOptions,
} from './matrix/room-listener.ts';
export { controllerCommandOf, PROFILES, type Profile } from './profiles.ts';
export { createDirectory, type Directory, type DirectoryOptions } from './directory/directory.ts';
export { createRegistry } from './directory/registry.ts';
export { roomOfSessionFile } from './directory/session-rooms.ts';
export type { MappedWorker, RoomPolicy } from './directory/worker-map.ts';
export type { RoomPolicyOptions } from './directory/room-policy.ts';
export { createLifecycle, type ClosableLifecycle, type Stopped } from './lifecycle/lifecycle.ts';
export {
  keepTasksRegistered,
  type RegisteredTask,
  type TaskRegistrarOptions,
} from './lifecycle/registered-tasks.ts';
export { exportFolder, type CopiedObject, type CopyOutcome } from './storage/export-folder.ts';
export { deleteTask, type DeletedTask } from './storage/delete-task.ts';
export { submitResult, type SubmitResultOutcome } from './storage/submit-result.ts';
export { taskFolder } from './storage/task-folder.ts';
export type { ObjectStore } from './storage/object-store.ts';
export { createObjectStore, type ObjectStoreSettings } from './storage/s3-object-store.ts';
export { createTaskStorage, type TaskStorageOptions } from './storage/task-storage.ts';
export {
  readAllowLists,
  workerSettingsKey,
  type AllowLists,
  type AllowListsOutcome,
} from './directory/allow-lists.ts';
export {
  verifyInOwnRoom,
  verifyInWorkerRoom,
  type Verification,
  type VerifyOptions,
} from './matrix/verify-worker.ts';
export { createController } from './controller/controller.ts';
export type { Controller } from './controller/resources.ts';
