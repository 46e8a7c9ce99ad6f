import type { z } from 'zod/mini';
import {
  agentAnswerSchema,
  agentSchema,
  alertSchema,
  alertTestSchema,
  auditSchema,
  doctorSchema,
  earningsSchema,
  hiringAnswerSchema,
  hiringItemSchema,
  hiringSchema,
  keySchema,
  overviewSchema,
  pageOf,
  policySchema,
  referenceSchema,
  roomSchema,
  sessionSchema,
  settingsSchema,
  workerAnswerSchema,
  workerSchema,
  workerStopSchema,
  type CommandResult,
} from './schemas.ts';

// Every place that the page asks, and what it reads of each answer; nothing else can be asked. A test holds all of it against
// docs/openapi.json, which is made from the routes of the admin API.
const single = {
  '/session': sessionSchema,
  '/reference': referenceSchema,
  '/overview': overviewSchema,
  '/hirings/{id}': hiringSchema,
  '/earnings': earningsSchema,
  '/policy': policySchema,
  '/settings': settingsSchema,
  '/doctor': doctorSchema,
};
const lists = {
  '/hirings': pageOf(hiringItemSchema),
  '/agents': pageOf(agentSchema),
  '/workers': pageOf(workerSchema),
  '/keys': pageOf(keySchema),
  '/rooms': pageOf(roomSchema),
  '/alerts': pageOf(alertSchema),
  '/audit': pageOf(auditSchema),
};

type Answers = { readonly [At in keyof typeof single]: z.output<(typeof single)[At]> };
export type ReadPath = keyof Answers;
export type AnswerOf<At extends ReadPath> = Answers[At];
export const READS: { readonly [At in ReadPath]: z.core.$ZodType<Answers[At]> } = single;

type Items = { readonly [At in keyof typeof lists]: z.output<(typeof lists)[At]>['items'][number] };
export type ListPath = keyof Items;
export type ItemOf<At extends ListPath> = Items[At];
/** A part of a list, and where the next one begins. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}
export const LISTS: { readonly [At in ListPath]: z.core.$ZodType<PageOf<Items[At]>> } = lists;

/** What operators do, by method and place, and what is read of what came of it. */
export const COMMANDS = {
  'POST /hirings/{id}/retry': hiringAnswerSchema,
  'POST /hirings/{id}/approve': hiringAnswerSchema,
  'POST /hirings/{id}/hold': hiringAnswerSchema,
  'POST /hirings/{id}/fail': hiringAnswerSchema,
  'POST /hirings/{id}/submit': hiringAnswerSchema,
  'POST /hirings/{id}/message': hiringAnswerSchema,
  'POST /hirings/{id}/answer': hiringAnswerSchema,
  'POST /agents': agentAnswerSchema,
  'PATCH /agents/{id}': agentAnswerSchema,
  'POST /agents/{id}/pause': agentAnswerSchema,
  'POST /agents/{id}/resume': agentAnswerSchema,
  'POST /agents/{id}/rotate-key': agentAnswerSchema,
  'POST /workers/{name}/start': workerAnswerSchema,
  'POST /workers/{name}/stop': workerStopSchema,
  'POST /workers/{name}/ping': workerAnswerSchema,
  'POST /alerts/test': alertTestSchema,
} satisfies Readonly<Record<string, z.core.$ZodType<CommandResult>>>;
export type CommandName = keyof typeof COMMANDS;

/** The address of a place, with the id or name of what it is about. */
export function buildPath(path: string, of = ''): string {
  return path.replace(/\{\w{1,40}\}/, () => encodeURIComponent(of));
}
