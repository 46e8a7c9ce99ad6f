export { whyUnreachable } from '@agrenting-hiclaw/adapter/operations';
