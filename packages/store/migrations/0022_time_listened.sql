ALTER TABLE `positions` ADD `listened_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `signs` ADD `listened_ms` integer;