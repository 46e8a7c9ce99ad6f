export { firstPendingPage } from '@agrenting-hiclaw/adapter/operations';
