CREATE TABLE `daily_key_usage` (
	`start_ms` integer NOT NULL,
	`user_id` text NOT NULL,
	`key_id` text NOT NULL,
	`is_demo` integer NOT NULL,
	`errors` integer NOT NULL,
	`requests` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cached_input_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`web_search_calls` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	PRIMARY KEY(`start_ms`, `user_id`, `key_id`, `is_demo`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `daily_key_usage_key` ON `daily_key_usage` (`key_id`,`start_ms`);
--> statement-breakpoint
CREATE TABLE `daily_timings` (
	`start_ms` integer NOT NULL,
	`from_ms` integer NOT NULL,
	`model` text NOT NULL,
	`is_demo` integer NOT NULL,
	`durations` integer NOT NULL,
	`first_tokens` integer NOT NULL,
	PRIMARY KEY(`start_ms`, `from_ms`, `model`, `is_demo`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_usage` (
	`start_ms` integer NOT NULL,
	`model` text NOT NULL,
	`endpoint` text NOT NULL,
	`status` integer NOT NULL,
	`reason` text NOT NULL,
	`is_demo` integer NOT NULL,
	`errors` integer NOT NULL,
	`requests` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cached_input_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`web_search_calls` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	PRIMARY KEY(`start_ms`, `model`, `endpoint`, `status`, `reason`, `is_demo`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_user_model_usage` (
	`start_ms` integer NOT NULL,
	`user_id` text NOT NULL,
	`model` text NOT NULL,
	`is_demo` integer NOT NULL,
	`errors` integer NOT NULL,
	`requests` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cached_input_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`web_search_calls` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	PRIMARY KEY(`start_ms`, `user_id`, `model`, `is_demo`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `daily_user_usage` (
	`start_ms` integer NOT NULL,
	`user_id` text NOT NULL,
	`is_demo` integer NOT NULL,
	`errors` integer NOT NULL,
	`requests` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cached_input_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`web_search_calls` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	PRIMARY KEY(`start_ms`, `user_id`, `is_demo`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_days` (
	`start_ms` integer PRIMARY KEY NOT NULL,
	`end_ms` integer NOT NULL,
	CONSTRAINT "usage_days_span" CHECK("usage_days"."start_ms" < "usage_days"."end_ms")
) STRICT;
--> statement-breakpoint
ALTER TABLE `usage_progress` ADD `days_until` integer DEFAULT 0 NOT NULL;