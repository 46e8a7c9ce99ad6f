CREATE INDEX `audit_who` ON `audit` (`who`,`sequence`);--> statement-breakpoint
CREATE INDEX `console_sessions_token` ON `console_sessions` (`token_hash`,`opened_at_ms`);