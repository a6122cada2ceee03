CREATE TABLE `audit` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`actor_user_id` text,
	`operation` text NOT NULL,
	`target_type` text NOT NULL,
	`target_id` text,
	`before` text NOT NULL,
	`after` text NOT NULL,
	`address` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_created` ON `audit` (`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `charges` (
	`entry_seq` integer PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`user_id` text NOT NULL,
	`key_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`model` text NOT NULL,
	`price_id` text NOT NULL,
	`hold_nano_usd` integer NOT NULL,
	`amount_nano_usd` integer NOT NULL,
	`write_off_nano_usd` integer NOT NULL,
	`multiplier_ppm` integer NOT NULL,
	`reason` text NOT NULL,
	`input_tokens` integer NOT NULL,
	`cached_input_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`web_search_calls` integer NOT NULL,
	`reported_usage` text,
	`is_flagged` integer NOT NULL,
	`is_demo` integer NOT NULL,
	`upstream_response_id` text,
	`service_tier` text,
	FOREIGN KEY (`entry_seq`) REFERENCES `ledger_entries`(`seq`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`price_id`) REFERENCES `prices`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "charges_amounts" CHECK("charges"."hold_nano_usd" >= 0 and "charges"."amount_nano_usd" >= 0 and "charges"."write_off_nano_usd" >= 0)
) STRICT;
--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`public_id` text NOT NULL,
	`name` text NOT NULL,
	`secret_hash` blob NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`deleted_at` integer,
	`last_used_at` integer,
	`last_used_address` text,
	`last_used_client` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "api_keys_status" CHECK("api_keys"."status" in ('active', 'disabled')),
	CONSTRAINT "api_keys_secret_hash" CHECK(length("api_keys"."secret_hash") = 32)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_public_id` ON `api_keys` (`public_id`);--> statement-breakpoint
CREATE INDEX `api_keys_created` ON `api_keys` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `api_keys_user_created` ON `api_keys` (`user_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `balances` (
	`user_id` text PRIMARY KEY NOT NULL,
	`balance_nano_usd` integer NOT NULL,
	`credit_limit_nano_usd` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "balances_balance_safe" CHECK("balances"."balance_nano_usd" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "balances_credit_limit" CHECK("balances"."credit_limit_nano_usd" between 0 and 9007199254740991)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `ledger_entries` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`created_at` integer NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`amount_nano_usd` integer NOT NULL,
	`held_nano_usd` integer NOT NULL,
	`request_id` text,
	`key_id` text,
	`model` text,
	`price_id` text,
	`note` text,
	`actor_user_id` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`price_id`) REFERENCES `prices`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`actor_user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "ledger_entries_shape" CHECK(case "ledger_entries"."kind"
        when 'hold' then "ledger_entries"."amount_nano_usd" = 0 and "ledger_entries"."held_nano_usd" >= 0 and "ledger_entries"."request_id" is not null
          and "ledger_entries"."key_id" is not null and "ledger_entries"."model" is not null and "ledger_entries"."price_id" is not null
        when 'release' then "ledger_entries"."amount_nano_usd" = 0 and "ledger_entries"."held_nano_usd" <= 0 and "ledger_entries"."request_id" is not null
        when 'settle' then "ledger_entries"."amount_nano_usd" <= 0 and "ledger_entries"."held_nano_usd" <= 0 and "ledger_entries"."request_id" is not null
        else "ledger_entries"."held_nano_usd" = 0
          and "ledger_entries"."kind" in ('top_up', 'gift', 'code', 'correction', 'refund', 'charge', 'write_off') end),
	CONSTRAINT "ledger_entries_amount_safe" CHECK("ledger_entries"."amount_nano_usd" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "ledger_entries_held_safe" CHECK("ledger_entries"."held_nano_usd" between -9007199254740991 and 9007199254740991)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `ledger_entries_request_step` ON `ledger_entries` (`request_id`,(case "kind" when 'release' then 'settle' else "kind" end)) WHERE "request_id" is not null;--> statement-breakpoint
CREATE INDEX `ledger_entries_changes` ON `ledger_entries` (`user_id`,`seq`) WHERE "request_id" is null;--> statement-breakpoint
CREATE TABLE `possible_losses` (
	`request_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`key_id` text NOT NULL,
	`model` text NOT NULL,
	`price_id` text NOT NULL,
	`amount_nano_usd` integer NOT NULL,
	`created_at` integer NOT NULL,
	`found_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`price_id`) REFERENCES `prices`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
CREATE INDEX `possible_losses_created` ON `possible_losses` (`created_at`,`request_id`);--> statement-breakpoint
CREATE TABLE `owned_ids` (
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`tokens` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`kind`, `id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `prices` (
	`id` text PRIMARY KEY NOT NULL,
	`model` text NOT NULL,
	`effective_from` integer NOT NULL,
	`origin` text NOT NULL,
	`source` text,
	`created_at` integer NOT NULL,
	`input_nano_usd_per_mtok` integer NOT NULL,
	`cached_input_nano_usd_per_mtok` integer,
	`cache_write_nano_usd_per_mtok` integer,
	`output_nano_usd_per_mtok` integer NOT NULL,
	`long_context_above_tokens` integer,
	`long_input_nano_usd_per_mtok` integer,
	`long_cached_input_nano_usd_per_mtok` integer,
	`long_cache_write_nano_usd_per_mtok` integer,
	`long_output_nano_usd_per_mtok` integer,
	`web_search_nano_usd_per_call` integer,
	`context_window_tokens` integer,
	`max_output_tokens` integer,
	`is_reasoning` integer
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `prices_model_moment` ON `prices` (`model`,`origin`,`effective_from`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	`address` text NOT NULL,
	`client` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_expires` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `meta` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sealed_values` (
	`name` text PRIMARY KEY NOT NULL,
	`sealed` blob NOT NULL,
	`updated_at` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL,
	`updated_by` text
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage` (
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`user_id` text NOT NULL,
	`key_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`model` text NOT NULL,
	`input_tokens` integer NOT NULL,
	`cached_input_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`web_search_calls` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	`status` integer NOT NULL,
	`error_code` text,
	`reason` text NOT NULL,
	`duration_ms` integer NOT NULL,
	`first_token_ms` integer,
	`stream` integer NOT NULL,
	`is_demo` integer NOT NULL,
	PRIMARY KEY(`created_at`, `request_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `usage_user_created` ON `usage` (`user_id`,`created_at`,`request_id`);--> statement-breakpoint
CREATE INDEX `usage_key_created` ON `usage` (`key_id`,`created_at`,`request_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`password_hash` text,
	`role` text NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer,
	CONSTRAINT "users_role" CHECK("users"."role" in ('admin', 'user')),
	CONSTRAINT "users_status" CHECK("users"."status" in ('pending', 'active', 'suspended', 'deleted'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_key` ON `users` (`email_key`);--> statement-breakpoint
CREATE INDEX `users_created` ON `users` (`created_at`,`id`);