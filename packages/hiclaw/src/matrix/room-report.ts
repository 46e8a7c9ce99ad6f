/** What happened to the rooms that are listened to, where it is no failure of all of them. */
export type RoomProblemCode =
  /** The homeserver's answer about a room is not what Matrix says. */
  | 'odd_answer'
  /** What was missed in a room cannot be read now, and is read later. */
  | 'unread'
  /** It was read. */
  | 'read_late'
  /** It could not be read for a day. */
  | 'given_up'
  /** More was said in a room than is read back. */
  | 'too_much'
  /** The homeserver does not know the place up to which was heard. */
  | 'begun_anew'
  /** What was read could not be stored, and is read again. */
  | 'not_kept';

export interface RoomProblem {
  readonly code: RoomProblemCode;
  readonly roomId?: string | undefined;
}

/** Told in words for a person, and by code and room for everything else. */
export type RoomReport = (problem: string, lastFailure: RoomProblem) => void;
