CREATE TABLE `agent_sessions` (
	`agent_id` text PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`since_ms` integer NOT NULL,
	`last_ping_at_ms` integer,
	`drops` integer NOT NULL
) STRICT;
