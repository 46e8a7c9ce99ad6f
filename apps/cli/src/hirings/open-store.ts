export { openExistingStore } from '@agrenting-hiclaw/adapter/operations/open-store';
