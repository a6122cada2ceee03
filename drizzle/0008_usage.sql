CREATE TABLE `expired_usage` (
	`level` integer NOT NULL,
	`start_ms` integer NOT NULL,
	`user_id` text NOT NULL,
	`key_id` text NOT NULL,
	`model` text NOT NULL,
	`endpoint` text NOT NULL,
	`status` integer NOT NULL,
	`reason` text NOT NULL,
	`is_demo` integer NOT NULL,
	`source` text NOT NULL,
	`requests` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cached_input_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`web_search_calls` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	PRIMARY KEY(`level`, `start_ms`, `user_id`, `key_id`, `model`, `endpoint`, `status`, `reason`, `is_demo`, `source`),
	CONSTRAINT "expired_usage_level" CHECK("expired_usage"."level" in (1, 2))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `expired_usage_user` ON `expired_usage` (`user_id`,`start_ms`);
--> statement-breakpoint
CREATE INDEX `expired_usage_key` ON `expired_usage` (`key_id`,`start_ms`);
--> statement-breakpoint
CREATE TABLE `usage_progress` (
	`id` integer PRIMARY KEY NOT NULL,
	`rolled_until` integer NOT NULL,
	`kept_from` integer NOT NULL,
	CONSTRAINT "usage_progress_one" CHECK("usage_progress"."id" = 0)
) STRICT;
--> statement-breakpoint
INSERT INTO `usage_progress` (`id`, `rolled_until`, `kept_from`) VALUES (0, 0, 0);
--> statement-breakpoint
CREATE TABLE `usage_rollups` (
	`level` integer NOT NULL,
	`start_ms` integer NOT NULL,
	`model` text NOT NULL,
	`endpoint` text NOT NULL,
	`status` integer NOT NULL,
	`reason` text NOT NULL,
	`is_demo` integer NOT NULL,
	`source` text NOT NULL,
	`requests` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cached_input_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`web_search_calls` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	PRIMARY KEY(`level`, `start_ms`, `model`, `endpoint`, `status`, `reason`, `is_demo`, `source`),
	CONSTRAINT "usage_rollups_level" CHECK("usage_rollups"."level" in (0, 1, 2))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
DROP INDEX `usage_user_created`;
--> statement-breakpoint
DROP INDEX `usage_key_created`;
--> statement-breakpoint
CREATE INDEX `usage_model_created` ON `usage` (`model`,`created_at`,`request_id`);
--> statement-breakpoint
CREATE INDEX `usage_endpoint_created` ON `usage` (`endpoint`,`created_at`,`request_id`);
--> statement-breakpoint
CREATE INDEX `usage_status_created` ON `usage` (`status`,`created_at`,`request_id`) WHERE "status" <> 200;
--> statement-breakpoint
CREATE INDEX `usage_reason_created` ON `usage` (`reason`,`created_at`,`request_id`) WHERE "reason" <> 'completed';
--> statement-breakpoint
CREATE INDEX `usage_user_created` ON `usage` (`user_id`,`created_at`,`request_id`,`model`,`endpoint`,`status`);
--> statement-breakpoint
CREATE INDEX `usage_key_created` ON `usage` (`key_id`,`created_at`,`request_id`,`model`,`endpoint`,`status`);
