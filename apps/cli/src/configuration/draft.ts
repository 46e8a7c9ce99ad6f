export { Draft } from '@agrenting-hiclaw/adapter/operations';
