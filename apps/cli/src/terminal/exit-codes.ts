export { CommandError, EXIT } from '@agrenting-hiclaw/adapter/operations';
