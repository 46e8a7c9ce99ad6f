DROP TABLE `request_budgets`;--> statement-breakpoint
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