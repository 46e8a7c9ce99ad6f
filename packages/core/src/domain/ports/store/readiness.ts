export type StoreReadiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'not_ready'; readonly why: string };
