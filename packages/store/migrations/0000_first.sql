CREATE TABLE `attempts` (
	`hiring_id` text NOT NULL,
	`number` integer NOT NULL,
	`state` text NOT NULL,
	`trace_attempt` integer,
	`dispatch_id` text,
	`hiring` text NOT NULL,
	`token_sealed` blob,
	`opened_at_ms` integer NOT NULL,
	`heard_at_ms` integer NOT NULL,
	`progress` text NOT NULL,
	`room_id` text,
	`user_id` text,
	`generation` integer NOT NULL,
	`place_at` text,
	`placed` integer NOT NULL,
	PRIMARY KEY(`hiring_id`, `number`),
	FOREIGN KEY (`hiring_id`) REFERENCES `hirings`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `attempts_placed` ON `attempts` (`place_at`) WHERE "attempts"."placed" = 1;--> statement-breakpoint
CREATE INDEX `attempts_waiting` ON `attempts` (`place_at`,`heard_at_ms`,`hiring_id`) WHERE "attempts"."placed" = 0 and "attempts"."place_at" is not null and "attempts"."state" = 'staged';--> statement-breakpoint
CREATE INDEX `attempts_watched` ON `attempts` (`room_id`,`user_id`) WHERE "attempts"."room_id" is not null and "attempts"."state" in ('sent', 'acknowledged', 'attention');--> statement-breakpoint
CREATE TABLE `canary` (
	`id` integer PRIMARY KEY NOT NULL,
	`sealed` blob NOT NULL,
	`written_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `heard` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`fingerprint` blob NOT NULL,
	`intake` text NOT NULL,
	`agent_id` text NOT NULL,
	`hiring_id` text,
	`problem` text,
	`first_at_ms` integer NOT NULL,
	`last_at_ms` integer NOT NULL,
	`times` integer NOT NULL,
	`wake` integer NOT NULL,
	`document_sealed` blob
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `heard_document` ON `heard` (`hiring_id`,`fingerprint`);--> statement-breakpoint
CREATE INDEX `heard_without_hiring` ON `heard` (`sequence`) WHERE "heard"."hiring_id" is null;--> statement-breakpoint
CREATE INDEX `heard_malformed` ON `heard` (`sequence`) WHERE "heard"."problem" is not null;--> statement-breakpoint
CREATE TABLE `hirings` (
	`id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`state` text NOT NULL,
	`attempt` integer NOT NULL,
	`heard_at_ms` integer NOT NULL,
	`due_at_ms` integer,
	`wakes` integer NOT NULL,
	`wakes_read` integer NOT NULL,
	`pokes` integer NOT NULL,
	`last_read_at_ms` integer,
	`lease_token` text,
	`lease_holder` text,
	`attention` text,
	`trouble` text,
	`newest_intake` text NOT NULL,
	`newest_at_ms` integer NOT NULL,
	`newest_token_sealed` blob,
	`newest_hiring` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `hirings_due` ON `hirings` (`due_at_ms`) WHERE "hirings"."due_at_ms" is not null;--> statement-breakpoint
CREATE INDEX `hirings_state` ON `hirings` (`state`);--> statement-breakpoint
CREATE TABLE `history` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`hiring_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`from_state` text NOT NULL,
	`event` text NOT NULL,
	`to_state` text NOT NULL,
	`cause` text NOT NULL,
	FOREIGN KEY (`hiring_id`) REFERENCES `hirings`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `history_hiring` ON `history` (`hiring_id`,`sequence`);--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`until_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `positions` (
	`account` text PRIMARY KEY NOT NULL,
	`position` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `settlements` (
	`hiring_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`generation` integer NOT NULL,
	`endpoint` text NOT NULL,
	`idempotency_key` text NOT NULL,
	`body` text NOT NULL,
	`unknown_sends` integer NOT NULL,
	PRIMARY KEY(`hiring_id`, `attempt`, `generation`),
	FOREIGN KEY (`hiring_id`,`attempt`) REFERENCES `attempts`(`hiring_id`,`number`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `settlements_idempotency_key` ON `settlements` (`idempotency_key`);--> statement-breakpoint
CREATE TABLE `signs` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`event_id` text,
	`replaces_event_id` text,
	`text` text,
	`at_ms` integer NOT NULL,
	`recorded_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `signs_event` ON `signs` (`room_id`,`user_id`,`kind`,`event_id`) WHERE "signs"."event_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `signs_without_event` ON `signs` (`room_id`,`user_id`,`kind`) WHERE "signs"."event_id" is null;--> statement-breakpoint
CREATE INDEX `signs_worker` ON `signs` (`room_id`,`user_id`,`sequence`);