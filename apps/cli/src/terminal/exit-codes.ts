// By its own path: all of the operations take half a second to load.
export { CommandError, EXIT } from '@agrenting-hiclaw/adapter/operations/exit-codes';
