ALTER TABLE `signs` ADD `long_text_url` text;--> statement-breakpoint
CREATE INDEX `signs_unread` ON `signs` (`room_id`,`user_id`,`sequence`) WHERE "signs"."long_text_url" is not null;