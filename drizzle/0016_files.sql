CREATE TABLE `file_part_ids` (
	`id` text PRIMARY KEY NOT NULL,
	`upload_id` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `file_uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`upstream_id` text,
	`bytes` integer NOT NULL,
	`part_bytes` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	CONSTRAINT "file_uploads_bytes" CHECK("file_uploads"."bytes" >= 0 and "file_uploads"."part_bytes" >= 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `file_uploads_user` ON `file_uploads` (`user_id`);
--> statement-breakpoint
CREATE TABLE `files` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`upstream_id` text,
	`filename` text NOT NULL,
	`purpose` text NOT NULL,
	`bytes` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	CONSTRAINT "files_bytes" CHECK("files"."bytes" >= 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `files_user_created` ON `files` (`user_id`,`created_at`,`id`);