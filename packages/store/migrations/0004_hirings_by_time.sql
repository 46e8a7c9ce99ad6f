DROP INDEX `hirings_state`;--> statement-breakpoint
CREATE INDEX `hirings_heard` ON `hirings` (`heard_at_ms`);--> statement-breakpoint
CREATE INDEX `hirings_state` ON `hirings` (`state`,`heard_at_ms`);