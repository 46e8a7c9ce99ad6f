CREATE TABLE `alert_hours` (
	`sink` text PRIMARY KEY NOT NULL,
	`began_at_ms` integer NOT NULL,
	`kept` integer NOT NULL,
	`over` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `alert_position` (
	`id` integer PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `alert_subjects` (
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`kind`, `subject`)
) STRICT;
--> statement-breakpoint
CREATE INDEX `alert_subjects_at` ON `alert_subjects` (`at_ms`);--> statement-breakpoint
CREATE TABLE `alerts` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`sink` text NOT NULL,
	`key` text NOT NULL,
	`content` text NOT NULL,
	`kept_at_ms` integer NOT NULL,
	`refusals` integer DEFAULT 0 NOT NULL,
	`done_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_key` ON `alerts` (`sink`,`key`);--> statement-breakpoint
CREATE INDEX `alerts_waiting` ON `alerts` (`sink`,`refusals`,`sequence`) WHERE "alerts"."done_at_ms" is null;--> statement-breakpoint
CREATE INDEX `alerts_done` ON `alerts` (`done_at_ms`) WHERE "alerts"."done_at_ms" is not null;--> statement-breakpoint
CREATE TABLE `deaf_agents` (
	`agent` text PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`since_ms` integer NOT NULL,
	`seen_at_ms` integer NOT NULL,
	`told_at_ms` integer
) STRICT;
