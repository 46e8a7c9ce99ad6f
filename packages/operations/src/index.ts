export { agentStatus, sessionStatus, sessionOf, type AgentStatus } from './agents/agent-status.ts';
export { hireableNow, type Hireable } from './agents/hireable.ts';
export { fetchProfiles, type FetchedProfiles } from './agents/fetch-profiles.ts';
export type { ProbedCallback } from './agents/probe-callback.ts';
export { newKeyFile, registerWorker, type RegisteredWorker } from './agents/register.ts';
export { firstPendingPage } from './agents/pending-page.ts';
export { keyFileOf, rotateKeyIn } from './agents/rotate.ts';
export {
  changeListingStatus,
  type NamedAgent,
  type ListingStatusOutcome,
} from './agents/set-listing-status.ts';
export { ConfigFile } from './configuration/config-file.ts';
export { readSecretFile, writeSecretFile } from './configuration/secret-file.ts';
export { createFileAtomic, writeFileAtomic } from './configuration/write-file-atomic.ts';
export { displayTitle } from './hirings/display-title.ts';
export { DEPENDENCIES, failed, ok, type Finding } from './doctor/check.ts';
export { runChecks } from './doctor/run-checks.ts';
export { privateFilesOf } from './doctor/private-files.ts';
export { whyUnreachable } from './doctor/why-unreachable.ts';
export { csvOf, jsonOf, reportOf, rowsOf, totalOf } from './earnings/report.ts';
export { archiveForm, packArchive } from './evidence/archive.ts';
export { contentsOf } from './evidence/contents.ts';
export { ANSWER_REFUSED } from './hirings/answer-refused.ts';
export { answerWorker, type AnsweredWorker, type WorkerAnswer } from './hirings/answer-worker.ts';
export { filesOfResult, heldFile, type HeldFile } from './hirings/held-file.ts';
export { hiringsPage, type HiringsRequest } from './hirings/hirings-page.ts';
export { isAdapterRunning } from './hirings/adapter-running.ts';
export { COMMAND_HINTS, unavailableCommand } from './hirings/command-hints.ts';
export { givenTask, type GivenTask } from './hirings/given-task.ts';
export { withoutToken } from './hirings/without-token.ts';
export { openExistingStore } from './open-store.ts';
export { OperationError, type OperationErrorKind } from './operation-error.ts';
export { alertsPage, auditPage, roomsPage } from './paging/operator-lists.ts';
export { cursorPage, type Page, type PageRequest } from './paging/pages.ts';
export { hasArrived } from './webhook-test/arrival.ts';
export {
  probePresence,
  sendTestWebhook,
  HEAD_WITHIN_MS,
  type Answered,
  type Trial,
} from './webhook-test/deliver.ts';
export { isOwnAddress, ownWebhookUrl } from './webhook-test/own-address.ts';
export {
  homeserverOf,
  mapOf,
  ping,
  stopWorkerOf,
  startWorkerOf,
  workerOf,
  type StoppedWorker,
  type StartWorker,
} from './workers.ts';
