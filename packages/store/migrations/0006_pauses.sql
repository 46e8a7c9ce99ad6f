CREATE TABLE `pauses` (
	`agent_id` text PRIMARY KEY NOT NULL,
	`since_ms` integer NOT NULL
) STRICT;
