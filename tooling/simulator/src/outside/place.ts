/** A part of the outside that may not work. */
export type Place = 'marketplace' | 'homeserver' | 'storage' | 'git';
