CREATE TABLE `agent_sessions` (
	`agent_id` text PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`since_ms` integer NOT NULL,
	`last_ping_at_ms` integer,
	`drops` integer NOT NULL
) STRICT;
--> statement-breakpoint
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
CREATE TABLE `attempt_rooms` (
	`room_id` text PRIMARY KEY NOT NULL,
	`hiring_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`task_id` text DEFAULT '' NOT NULL,
	`user_id` text NOT NULL,
	`ended_at_ms` integer,
	`left_at_ms` integer,
	FOREIGN KEY (`hiring_id`,`attempt`) REFERENCES `attempts`(`hiring_id`,`number`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `attempt_rooms_attempt` ON `attempt_rooms` (`hiring_id`,`attempt`);--> statement-breakpoint
CREATE INDEX `attempt_rooms_in_use` ON `attempt_rooms` (`room_id`) WHERE "attempt_rooms"."ended_at_ms" is null;--> statement-breakpoint
CREATE INDEX `attempt_rooms_ended` ON `attempt_rooms` (`ended_at_ms`) WHERE "attempt_rooms"."left_at_ms" is null and "attempt_rooms"."ended_at_ms" is not null;--> statement-breakpoint
CREATE TABLE `attempts` (
	`hiring_id` text NOT NULL,
	`number` integer NOT NULL,
	`task_id` text DEFAULT '' NOT NULL,
	`state` text NOT NULL,
	`trace_attempt` integer,
	`dispatch_id` text,
	`hiring` text NOT NULL,
	`token_sealed` blob,
	`opened_at_ms` integer NOT NULL,
	`received_at_ms` integer NOT NULL,
	`progress` text NOT NULL,
	`room_id` text,
	`user_id` text,
	`generation` integer NOT NULL,
	`slot_worker` text,
	`slot_held` integer NOT NULL,
	PRIMARY KEY(`hiring_id`, `number`),
	FOREIGN KEY (`hiring_id`) REFERENCES `hirings`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `attempts_slot_held` ON `attempts` (`slot_worker`) WHERE "attempts"."slot_held" = 1;--> statement-breakpoint
CREATE INDEX `attempts_waiting` ON `attempts` (`slot_worker`,`received_at_ms`,`hiring_id`) WHERE "attempts"."slot_held" = 0 and "attempts"."slot_worker" is not null and "attempts"."state" = 'staged';--> statement-breakpoint
CREATE INDEX `attempts_watched` ON `attempts` (`room_id`,`user_id`) WHERE "attempts"."room_id" is not null and "attempts"."state" in ('sent', 'acknowledged', 'attention');--> statement-breakpoint
CREATE TABLE `audit` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at_ms` integer NOT NULL,
	`who` text NOT NULL,
	`role` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`command_id` text,
	`outcome` text NOT NULL,
	`client` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_who` ON `audit` (`who`,`sequence`);--> statement-breakpoint
CREATE TABLE `key_check` (
	`id` integer PRIMARY KEY NOT NULL,
	`sealed` blob NOT NULL,
	`written_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `commands` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`digest` text NOT NULL,
	`at_ms` integer NOT NULL,
	`answer` text
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `commands_id` ON `commands` (`id`);--> statement-breakpoint
CREATE TABLE `console_sessions` (
	`digest` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`opened_at_ms` integer NOT NULL,
	`until_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `console_sessions_until` ON `console_sessions` (`until_ms`);--> statement-breakpoint
CREATE INDEX `console_sessions_token` ON `console_sessions` (`token_hash`,`opened_at_ms`);--> statement-breakpoint
CREATE TABLE `offline_agents` (
	`agent` text PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`since_ms` integer NOT NULL,
	`seen_at_ms` integer NOT NULL,
	`alerted_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `inbox` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`fingerprint` blob NOT NULL,
	`intake` text NOT NULL,
	`agent_id` text NOT NULL,
	`hiring_id` text,
	`problem` text,
	`other` text,
	`first_at_ms` integer NOT NULL,
	`last_at_ms` integer NOT NULL,
	`times` integer NOT NULL,
	`wake` integer NOT NULL,
	`document_sealed` blob
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `inbox_document` ON `inbox` (`hiring_id`,`fingerprint`);--> statement-breakpoint
CREATE INDEX `inbox_without_hiring` ON `inbox` (`sequence`) WHERE "inbox"."hiring_id" is null;--> statement-breakpoint
CREATE INDEX `inbox_malformed` ON `inbox` (`sequence`) WHERE "inbox"."problem" is not null;--> statement-breakpoint
CREATE TABLE `hiring_numbers` (
	`number` integer PRIMARY KEY NOT NULL,
	`hiring_id` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `hiring_numbers_hiring` ON `hiring_numbers` (`hiring_id`);--> statement-breakpoint
CREATE TABLE `hirings` (
	`id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`state` text NOT NULL,
	`attempt` integer NOT NULL,
	`received_at_ms` integer NOT NULL,
	`due_at_ms` integer,
	`waiting` integer DEFAULT 0 NOT NULL,
	`notifications` integer NOT NULL,
	`notifications_read` integer NOT NULL,
	`requeues` integer NOT NULL,
	`last_read_at_ms` integer,
	`lease_token` text,
	`lease_holder` text,
	`attention` text,
	`last_failure` text,
	`latest_intake` text NOT NULL,
	`latest_at_ms` integer NOT NULL,
	`latest_token_sealed` blob,
	`latest_hiring` text NOT NULL,
	`late_assignments` text,
	`token_traces` text,
	`worker` text,
	`ended_at_ms` integer,
	`money` text,
	`next_reread_at_ms` integer,
	`redacted_at_ms` integer,
	`folders_deleted_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE INDEX `hirings_due` ON `hirings` (`due_at_ms`) WHERE "hirings"."due_at_ms" is not null;--> statement-breakpoint
CREATE INDEX `hirings_fair_queue` ON `hirings` (`agent_id`,`waiting`,`due_at_ms`) WHERE "hirings"."due_at_ms" is not null;--> statement-breakpoint
CREATE INDEX `hirings_state` ON `hirings` (`state`,`received_at_ms`,`id`,`agent_id`,`worker`);--> statement-breakpoint
CREATE INDEX `hirings_received` ON `hirings` (`received_at_ms`,`id`);--> statement-breakpoint
CREATE INDEX `hirings_agent` ON `hirings` (`agent_id`,`received_at_ms`,`id`,`worker`,`state`);--> statement-breakpoint
CREATE INDEX `hirings_worker` ON `hirings` (`worker`,`received_at_ms`,`id`) WHERE "hirings"."worker" is not null;--> statement-breakpoint
CREATE INDEX `hirings_to_reread` ON `hirings` (`next_reread_at_ms`) WHERE "hirings"."next_reread_at_ms" is not null;--> statement-breakpoint
CREATE INDEX `hirings_to_redact` ON `hirings` (`ended_at_ms`,`id`) WHERE "hirings"."ended_at_ms" is not null and "hirings"."redacted_at_ms" is null;--> statement-breakpoint
CREATE INDEX `hirings_with_folders` ON `hirings` (`ended_at_ms`,`id`) WHERE "hirings"."ended_at_ms" is not null and "hirings"."folders_deleted_at_ms" is null;--> statement-breakpoint
CREATE INDEX `hirings_to_forget` ON `hirings` (`ended_at_ms`,`id`) WHERE "hirings"."ended_at_ms" is not null and "hirings"."folders_deleted_at_ms" is not null;--> statement-breakpoint
CREATE TABLE `history` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`hiring_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`at_ms` integer NOT NULL,
	`from_state` text NOT NULL,
	`event` text NOT NULL,
	`to_state` text NOT NULL,
	`cause` text NOT NULL,
	`reason` text,
	`agent_id` text,
	`price` text,
	FOREIGN KEY (`hiring_id`) REFERENCES `hirings`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `history_hiring` ON `history` (`hiring_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `history_paid` ON `history` (`at_ms`,`agent_id`,`price`) WHERE "history"."to_state" = 'completed' and "history"."from_state" <> "history"."to_state";--> statement-breakpoint
CREATE INDEX `history_money` ON `history` (`at_ms`,`agent_id`,`event`,`price`) WHERE "history"."event" in ('payment_reversed', 'payment_released');--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`until_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `pauses` (
	`agent_id` text PRIMARY KEY NOT NULL,
	`since_ms` integer NOT NULL,
	`inbox_up_to` integer DEFAULT 0 NOT NULL,
	`history_up_to` integer DEFAULT 0 NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `sync_cursors` (
	`account` text PRIMARY KEY NOT NULL,
	`position` text NOT NULL,
	`synced_until_ms` integer DEFAULT 0 NOT NULL,
	`listened_ms` integer DEFAULT 0 NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `request_budgets` (
	`name` text PRIMARY KEY NOT NULL,
	`per_window` integer NOT NULL,
	`stated_until_ms` integer NOT NULL,
	`window_at_ms` integer NOT NULL,
	`left` integer NOT NULL,
	`held_until_ms` integer NOT NULL,
	`refused_wait_ms` integer NOT NULL,
	`ask_at_ms` integer NOT NULL,
	`asking_until_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `send_budgets` (
	`name` text PRIMARY KEY NOT NULL,
	`allowed` real,
	`at_ms` integer NOT NULL,
	`held_until_ms` integer NOT NULL,
	`per_minute` real,
	`burst` real,
	`taken` integer NOT NULL,
	`since_ms` integer NOT NULL,
	`refused_at_ms` integer NOT NULL,
	`refusals` integer NOT NULL,
	`ahead` integer NOT NULL,
	`assignment_until_ms` integer NOT NULL,
	`preparation_until_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `send_budgets_by_time` ON `send_budgets` (`at_ms`);--> statement-breakpoint
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
CREATE TABLE `worker_activity` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`event_id` text,
	`replaces_event_id` text,
	`text` text,
	`long_text_url` text,
	`at_ms` integer NOT NULL,
	`said_at_ms` integer,
	`read_late` integer,
	`recorded_at_ms` integer NOT NULL,
	`listened_ms` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `activity_event` ON `worker_activity` (`room_id`,`user_id`,`kind`,`event_id`) WHERE "worker_activity"."event_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `activity_without_event` ON `worker_activity` (`room_id`,`user_id`,`kind`) WHERE "worker_activity"."event_id" is null;--> statement-breakpoint
CREATE INDEX `activity_worker` ON `worker_activity` (`room_id`,`user_id`,`sequence`);--> statement-breakpoint
CREATE INDEX `activity_unread` ON `worker_activity` (`room_id`,`user_id`,`sequence`) WHERE "worker_activity"."long_text_url" is not null;--> statement-breakpoint
CREATE VIRTUAL TABLE `hiring_words` USING fts5(`words`, detail = none, columnsize = 0);--> statement-breakpoint
INSERT INTO `hiring_words` (`hiring_words`, `rank`) VALUES ('secure-delete', 1);--> statement-breakpoint
CREATE TRIGGER `hirings_reworded` AFTER UPDATE OF `latest_hiring` ON `hirings` WHEN new.`latest_hiring` IS NOT old.`latest_hiring` AND coalesce(json_extract(new.`latest_hiring`, '$.description'), '') <> '' AND json_extract(new.`latest_hiring`, '$.description') IS NOT json_extract(old.`latest_hiring`, '$.description') BEGIN
	DELETE FROM `hiring_words` WHERE `rowid` = (SELECT `number` FROM `hiring_numbers` WHERE `hiring_id` = new.`id`);
	INSERT INTO `hiring_words` (`rowid`, `words`) SELECT `number`, substr(coalesce(json_extract(new.`latest_hiring`, '$.description'), '') || ' ' || coalesce(json_extract(new.`latest_hiring`, '$.clientMessage'), ''), 1, 4000) FROM `hiring_numbers` WHERE `hiring_id` = new.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `hirings_emptied` AFTER UPDATE OF `redacted_at_ms` ON `hirings` WHEN new.`redacted_at_ms` IS NOT NULL AND old.`redacted_at_ms` IS NULL BEGIN
	DELETE FROM `hiring_words` WHERE `rowid` = (SELECT `number` FROM `hiring_numbers` WHERE `hiring_id` = new.`id`);
END;--> statement-breakpoint
CREATE TRIGGER `hirings_forgotten` AFTER DELETE ON `hirings` BEGIN
	DELETE FROM `hiring_words` WHERE `rowid` = (SELECT `number` FROM `hiring_numbers` WHERE `hiring_id` = old.`id`);
	DELETE FROM `hiring_numbers` WHERE `hiring_id` = old.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `attempts_opened` AFTER INSERT ON `attempts` WHEN new.`user_id` IS NOT NULL BEGIN
	UPDATE `hirings` SET `worker` = substr(new.`user_id`, 2, instr(new.`user_id`, ':') - 2) WHERE `id` = new.`hiring_id`;
END;--> statement-breakpoint
CREATE TRIGGER `attempts_read` AFTER INSERT ON `attempts` WHEN coalesce(json_extract(new.`hiring`, '$.description'), '') <> '' BEGIN
	INSERT OR IGNORE INTO `hiring_numbers` (`hiring_id`) VALUES (new.`hiring_id`);
	DELETE FROM `hiring_words` WHERE `rowid` = (SELECT `number` FROM `hiring_numbers` WHERE `hiring_id` = new.`hiring_id`);
	INSERT INTO `hiring_words` (`rowid`, `words`) SELECT `number`, substr(coalesce(json_extract(new.`hiring`, '$.description'), '') || ' ' || coalesce(json_extract(new.`hiring`, '$.clientMessage'), ''), 1, 4000) FROM `hiring_numbers` WHERE `hiring_id` = new.`hiring_id`;
END;--> statement-breakpoint
CREATE TRIGGER `attempts_given` AFTER UPDATE OF `user_id` ON `attempts` WHEN new.`user_id` IS NOT old.`user_id` BEGIN
	UPDATE `hirings` SET `worker` = substr(new.`user_id`, 2, instr(new.`user_id`, ':') - 2) WHERE `id` = new.`hiring_id`;
END;
