DROP TABLE `send_budgets`;--> statement-breakpoint
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
) STRICT;--> statement-breakpoint
CREATE INDEX `send_budgets_by_time` ON `send_budgets` (`at_ms`);