CREATE TABLE `redo_position` (
	`id` integer PRIMARY KEY NOT NULL,
	`log_id` text,
	`is_closed` integer NOT NULL,
	`folded_seq` integer NOT NULL,
	CONSTRAINT "redo_position_single" CHECK("redo_position"."id" = 0)
) STRICT;
--> statement-breakpoint
CREATE TABLE `refused_commands` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`redo_seq` integer NOT NULL,
	`command` text NOT NULL,
	`error` text NOT NULL
) STRICT;
