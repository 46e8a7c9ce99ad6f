CREATE TABLE `attempt_rooms` (
	`room_id` text PRIMARY KEY NOT NULL,
	`hiring_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`user_id` text NOT NULL,
	`ended_at_ms` integer,
	`left_at_ms` integer,
	FOREIGN KEY (`hiring_id`,`attempt`) REFERENCES `attempts`(`hiring_id`,`number`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `attempt_rooms_attempt` ON `attempt_rooms` (`hiring_id`,`attempt`);--> statement-breakpoint
CREATE INDEX `attempt_rooms_in_use` ON `attempt_rooms` (`room_id`) WHERE "attempt_rooms"."ended_at_ms" is null;--> statement-breakpoint
CREATE INDEX `attempt_rooms_ended` ON `attempt_rooms` (`ended_at_ms`) WHERE "attempt_rooms"."left_at_ms" is null and "attempt_rooms"."ended_at_ms" is not null;