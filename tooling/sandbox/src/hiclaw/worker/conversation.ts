/** What a worker and one room have said to each other; one room is one conversation. */
export interface Conversation {
  /** Accepted and not yet given to the model. */
  waiting: string[];
  busy: boolean;
  /** Group text without a mention, shown to the model as context. */
  unmentioned: string[];
  /** All that was said between the worker and this room. */
  past: string[];
  /** A task that waits for an answer. */
  asked: string | undefined;
  typing: AbortController | undefined;
  /** Who spoke last. */
  sender: string;
}

export const newConversation = (): Conversation => ({
  waiting: [],
  busy: false,
  unmentioned: [],
  past: [],
  asked: undefined,
  typing: undefined,
  sender: '',
});
