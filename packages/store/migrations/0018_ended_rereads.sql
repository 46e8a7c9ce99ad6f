DROP INDEX `history_paid`;--> statement-breakpoint
CREATE INDEX `history_money` ON `history` (`at_ms`,`agent_id`,`event`,`price`) WHERE "history"."event" in ('payment_reversed', 'payment_released');--> statement-breakpoint
CREATE INDEX `history_paid` ON `history` (`at_ms`,`agent_id`,`price`) WHERE "history"."to_state" = 'completed' and "history"."from_state" <> "history"."to_state";--> statement-breakpoint
ALTER TABLE `hirings` ADD `money` text;--> statement-breakpoint
ALTER TABLE `hirings` ADD `next_reread_at_ms` integer;--> statement-breakpoint
CREATE INDEX `hirings_to_reread` ON `hirings` (`next_reread_at_ms`) WHERE "hirings"."next_reread_at_ms" is not null;--> statement-breakpoint
UPDATE `hirings` SET `money` = CASE `state` WHEN 'completed' THEN 'paid' ELSE 'unpaid' END WHERE `ended_at_ms` IS NOT NULL;