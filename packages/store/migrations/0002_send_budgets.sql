CREATE TABLE `send_budgets` (
	`name` text PRIMARY KEY NOT NULL,
	`messages` real,
	`at_ms` integer NOT NULL,
	`held_until_ms` integer NOT NULL
) STRICT;
