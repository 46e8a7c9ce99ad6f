ALTER TABLE `attempt_rooms` ADD `task_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `attempts` ADD `task_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
UPDATE `attempts` SET `task_id` = 'agrenting-' || `hiring_id` || '-a' || `number` || '-' || lower(hex(randomblob(12)));--> statement-breakpoint
UPDATE `attempt_rooms` SET `task_id` = (SELECT `task_id` FROM `attempts` WHERE `attempts`.`hiring_id` = `attempt_rooms`.`hiring_id` AND `attempts`.`number` = `attempt_rooms`.`attempt`);