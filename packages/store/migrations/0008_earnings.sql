ALTER TABLE `hirings` ADD `ended_at_ms` integer;--> statement-breakpoint
ALTER TABLE `hirings` ADD `emptied_at_ms` integer;--> statement-breakpoint
ALTER TABLE `hirings` ADD `folders_deleted_at_ms` integer;--> statement-breakpoint
ALTER TABLE `history` ADD `agent_id` text;--> statement-breakpoint
ALTER TABLE `history` ADD `price` text;--> statement-breakpoint
UPDATE `hirings` SET `ended_at_ms` = (SELECT `at_ms` FROM `history` WHERE `hiring_id` = `hirings`.`id` ORDER BY `sequence` DESC LIMIT 1) WHERE `state` IN ('completed', 'failed', 'cancelled', 'rejected');--> statement-breakpoint
UPDATE `history` SET `agent_id` = (SELECT `agent_id` FROM `hirings` WHERE `id` = `history`.`hiring_id`), `price` = coalesce((SELECT json_extract(`hiring`, '$.price') FROM `attempts` WHERE `hiring_id` = `history`.`hiring_id` AND `number` = `history`.`attempt`), (SELECT json_extract(`newest_hiring`, '$.price') FROM `hirings` WHERE `id` = `history`.`hiring_id` AND `history`.`attempt` = 0)) WHERE `to_state` = 'completed';--> statement-breakpoint
CREATE INDEX `hirings_to_empty` ON `hirings` (`ended_at_ms`,`id`) WHERE "hirings"."ended_at_ms" is not null and "hirings"."emptied_at_ms" is null;--> statement-breakpoint
CREATE INDEX `hirings_with_folders` ON `hirings` (`ended_at_ms`,`id`) WHERE "hirings"."ended_at_ms" is not null and "hirings"."folders_deleted_at_ms" is null;--> statement-breakpoint
CREATE INDEX `hirings_to_forget` ON `hirings` (`ended_at_ms`,`id`) WHERE "hirings"."ended_at_ms" is not null and "hirings"."folders_deleted_at_ms" is not null;--> statement-breakpoint
CREATE INDEX `history_paid` ON `history` (`at_ms`,`agent_id`,`price`) WHERE "history"."to_state" = 'completed';