ALTER TABLE `pauses` ADD `heard_up_to` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `pauses` ADD `history_up_to` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `pauses` SET
  `heard_up_to` = coalesce((SELECT max(`sequence`) FROM `heard` WHERE `first_at_ms` < `since_ms`), 0),
  `history_up_to` = coalesce((SELECT max(`sequence`) FROM `history` WHERE `at_ms` < `since_ms`), 0);
