-- A code whose redeemer a restore left out had its moment below zero in `disabled_at`; it is redeemed now, by nobody who is known.
CREATE TABLE `__new_codes` (
	`id` text PRIMARY KEY NOT NULL,
	`batch_id` text NOT NULL,
	`hash` blob NOT NULL,
	`hint` text NOT NULL,
	`disabled_at` integer,
	`redeemed_at` integer,
	`redeemed_by` text,
	FOREIGN KEY (`batch_id`) REFERENCES `code_batches`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`redeemed_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "codes_hash_length" CHECK(length("__new_codes"."hash") = 32),
	CONSTRAINT "codes_redeemed" CHECK(case when "__new_codes"."redeemed_at" is null then "__new_codes"."redeemed_by" is null else "__new_codes"."disabled_at" is null end)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_codes`("id", "batch_id", "hash", "hint", "disabled_at", "redeemed_at", "redeemed_by") SELECT "id", "batch_id", "hash", "hint", CASE WHEN "redeemed_at" IS NULL AND "disabled_at" >= 0 THEN "disabled_at" END, coalesce("redeemed_at", CASE WHEN "disabled_at" < 0 THEN -"disabled_at" END), "redeemed_by" FROM `codes`;--> statement-breakpoint
DROP TABLE `codes`;--> statement-breakpoint
ALTER TABLE `__new_codes` RENAME TO `codes`;--> statement-breakpoint
CREATE UNIQUE INDEX `codes_hash` ON `codes` (`hash`);--> statement-breakpoint
CREATE INDEX `codes_batch` ON `codes` (`batch_id`,`id`,`redeemed_at`,`disabled_at`);--> statement-breakpoint
CREATE INDEX `codes_redeemed` ON `codes` (`redeemed_at`,`id`) WHERE "redeemed_at" is not null;--> statement-breakpoint
CREATE INDEX `codes_redeemed_by` ON `codes` (`redeemed_by`,`redeemed_at`) WHERE "redeemed_by" is not null;--> statement-breakpoint
DROP INDEX `usage_user_created`;--> statement-breakpoint
DROP INDEX `usage_key_created`;--> statement-breakpoint
DROP INDEX `usage_model_created`;--> statement-breakpoint
DROP INDEX `usage_endpoint_created`;--> statement-breakpoint
DROP INDEX `usage_status_created`;--> statement-breakpoint
DROP INDEX `usage_reason_created`;--> statement-breakpoint
CREATE INDEX `usage_cost` ON `usage` (`cost_nano_usd`,`created_at`,`request_id`,`model`,`endpoint`,`status`);--> statement-breakpoint
CREATE INDEX `usage_user_created` ON `usage` (`user_id`,`created_at`,`request_id`,`model`,`endpoint`,`status`,`cost_nano_usd`);--> statement-breakpoint
CREATE INDEX `usage_key_created` ON `usage` (`key_id`,`created_at`,`request_id`,`model`,`endpoint`,`status`,`cost_nano_usd`);--> statement-breakpoint
CREATE INDEX `usage_model_created` ON `usage` (`model`,`created_at`,`request_id`,`endpoint`,`status`,`reason`,`cost_nano_usd`);--> statement-breakpoint
CREATE INDEX `usage_endpoint_created` ON `usage` (`endpoint`,`created_at`,`request_id`,`cost_nano_usd`);--> statement-breakpoint
CREATE INDEX `usage_status_created` ON `usage` (`status`,`created_at`,`request_id`,`model`,`endpoint`,`reason`,`cost_nano_usd`) WHERE "status" <> 200;--> statement-breakpoint
CREATE INDEX `usage_reason_created` ON `usage` (`reason`,`created_at`,`request_id`,`model`,`endpoint`,`status`,`cost_nano_usd`) WHERE "reason" <> 'completed';--> statement-breakpoint
CREATE INDEX `audit_operation` ON `audit` (`operation`,`id`);