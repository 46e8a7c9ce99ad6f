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
CREATE TABLE `hiring_numbers` (
	`number` integer PRIMARY KEY NOT NULL,
	`hiring_id` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `hiring_numbers_hiring` ON `hiring_numbers` (`hiring_id`);--> statement-breakpoint
DROP INDEX `hirings_state`;--> statement-breakpoint
DROP INDEX `hirings_heard`;--> statement-breakpoint
ALTER TABLE `hirings` ADD `worker` text;--> statement-breakpoint
CREATE INDEX `hirings_agent` ON `hirings` (`agent_id`,`heard_at_ms`,`id`,`worker`,`state`);--> statement-breakpoint
CREATE INDEX `hirings_worker` ON `hirings` (`worker`,`heard_at_ms`,`id`) WHERE "hirings"."worker" is not null;--> statement-breakpoint
CREATE INDEX `hirings_state` ON `hirings` (`state`,`heard_at_ms`,`id`,`agent_id`,`worker`);--> statement-breakpoint
CREATE INDEX `hirings_heard` ON `hirings` (`heard_at_ms`,`id`);--> statement-breakpoint
CREATE VIRTUAL TABLE `hiring_words` USING fts5(`words`, detail = none, columnsize = 0);--> statement-breakpoint
INSERT INTO `hiring_words` (`hiring_words`, `rank`) VALUES ('secure-delete', 1);--> statement-breakpoint
UPDATE `hirings` SET `worker` = (SELECT substr(`user_id`, 2, instr(`user_id`, ':') - 2) FROM `attempts` WHERE `hiring_id` = `hirings`.`id` AND `number` = `hirings`.`attempt`) WHERE `attempt` > 0;--> statement-breakpoint
INSERT INTO `hiring_numbers` (`hiring_id`) SELECT `id` FROM `hirings` ORDER BY `heard_at_ms`, `id`;--> statement-breakpoint
INSERT INTO `hiring_words` (`rowid`, `words`) SELECT `number`, substr(coalesce(json_extract(`newest_hiring`, '$.description'), '') || ' ' || coalesce(json_extract(`newest_hiring`, '$.clientMessage'), ''), 1, 4000) FROM `hiring_numbers` JOIN `hirings` ON `id` = `hiring_id` WHERE `emptied_at_ms` IS NULL ORDER BY `number`;--> statement-breakpoint
CREATE TRIGGER `hirings_reworded` AFTER UPDATE OF `newest_hiring` ON `hirings` WHEN new.`newest_hiring` IS NOT old.`newest_hiring` AND coalesce(json_extract(new.`newest_hiring`, '$.description'), '') <> '' AND json_extract(new.`newest_hiring`, '$.description') IS NOT json_extract(old.`newest_hiring`, '$.description') BEGIN
	DELETE FROM `hiring_words` WHERE `rowid` = (SELECT `number` FROM `hiring_numbers` WHERE `hiring_id` = new.`id`);
	INSERT INTO `hiring_words` (`rowid`, `words`) SELECT `number`, substr(coalesce(json_extract(new.`newest_hiring`, '$.description'), '') || ' ' || coalesce(json_extract(new.`newest_hiring`, '$.clientMessage'), ''), 1, 4000) FROM `hiring_numbers` WHERE `hiring_id` = new.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `hirings_emptied` AFTER UPDATE OF `emptied_at_ms` ON `hirings` WHEN new.`emptied_at_ms` IS NOT NULL AND old.`emptied_at_ms` IS NULL BEGIN
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