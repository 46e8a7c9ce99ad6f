ALTER TABLE `signs` ADD `said_at_ms` integer;--> statement-breakpoint
ALTER TABLE `signs` ADD `read_late` integer;