CREATE TABLE `key_families` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`allowed_models` text,
	`day_cap_nano_usd` integer,
	`month_cap_nano_usd` integer,
	`total_cap_nano_usd` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "key_families_allowed_models" CHECK("key_families"."allowed_models" is null or json_type("key_families"."allowed_models") = 'array'),
	CONSTRAINT "key_families_caps" CHECK(coalesce("key_families"."day_cap_nano_usd", 0) >= 0 and coalesce("key_families"."month_cap_nano_usd", 0) >= 0 and coalesce("key_families"."total_cap_nano_usd", 0) >= 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `spending_counters` (
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`day_start_ms` integer NOT NULL,
	`day_nano_usd` integer NOT NULL,
	`day_tokens` integer NOT NULL,
	`day_requests` integer NOT NULL,
	`week_start_ms` integer NOT NULL,
	`week_nano_usd` integer NOT NULL,
	`week_tokens` integer NOT NULL,
	`week_requests` integer NOT NULL,
	`month_start_ms` integer NOT NULL,
	`month_nano_usd` integer NOT NULL,
	`month_tokens` integer NOT NULL,
	`month_requests` integer NOT NULL,
	`total_nano_usd` integer NOT NULL,
	`total_tokens` integer NOT NULL,
	`total_requests` integer NOT NULL,
	PRIMARY KEY(`kind`, `subject_id`),
	CONSTRAINT "spending_counters_kind" CHECK("spending_counters"."kind" in ('key', 'plan'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `__new_api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`family_id` text NOT NULL,
	`public_id` text NOT NULL,
	`name` text NOT NULL,
	`secret_hash` blob NOT NULL,
	`status` text NOT NULL,
	`disabled_by` text,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`deleted_at` integer,
	`replaced_by_key_id` text,
	`last_used_at` integer,
	`last_used_address` text,
	`last_used_client` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`family_id`) REFERENCES `key_families`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`replaced_by_key_id`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "api_keys_status" CHECK("__new_api_keys"."status" in ('active', 'disabled')),
	CONSTRAINT "api_keys_disabled_by" CHECK(case "__new_api_keys"."status" when 'active' then "__new_api_keys"."disabled_by" is null else "__new_api_keys"."disabled_by" in ('owner', 'administrator', 'rotation') end),
	CONSTRAINT "api_keys_secret_hash" CHECK(length("__new_api_keys"."secret_hash") = 32)
) STRICT;
--> statement-breakpoint
-- Written by hand: every key that there is becomes the first of a family, and what it has spent so far is its total.
INSERT INTO `key_families`("id", "user_id") SELECT "id", "user_id" FROM `api_keys`;
--> statement-breakpoint
INSERT INTO `spending_counters`
SELECT 'key', "key_id", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum("amount_nano_usd"), sum("input_tokens" + "output_tokens"), count(*)
FROM `charges` GROUP BY "key_id";
--> statement-breakpoint
INSERT INTO `__new_api_keys`("id", "user_id", "family_id", "public_id", "name", "secret_hash", "status", "disabled_by", "created_at", "expires_at", "deleted_at", "last_used_at", "last_used_address", "last_used_client") SELECT "id", "user_id", "id", "public_id", "name", "secret_hash", "status", CASE "status" WHEN 'disabled' THEN 'owner' END, "created_at", "expires_at", "deleted_at", "last_used_at", "last_used_address", "last_used_client" FROM `api_keys`;
--> statement-breakpoint
DROP TABLE `api_keys`;
--> statement-breakpoint
ALTER TABLE `__new_api_keys` RENAME TO `api_keys`;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_public_id` ON `api_keys` (`public_id`);
--> statement-breakpoint
CREATE INDEX `api_keys_created` ON `api_keys` (`created_at`,`id`);
--> statement-breakpoint
CREATE INDEX `api_keys_user_created` ON `api_keys` (`user_id`,`created_at`,`id`);
--> statement-breakpoint
CREATE INDEX `api_keys_family` ON `api_keys` (`family_id`);
