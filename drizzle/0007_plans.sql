CREATE TABLE `key_addresses` (
	`family_id` text NOT NULL,
	`network` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	PRIMARY KEY(`family_id`, `network`),
	FOREIGN KEY (`family_id`) REFERENCES `key_families`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `notices` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`user_id` text NOT NULL,
	`once_for` text NOT NULL,
	`content` text NOT NULL,
	`dismissed_at` integer,
	`operator_dismissed_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "notices_content" CHECK(json_valid("notices"."content"))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `notices_once` ON `notices` (`user_id`,`once_for`);
--> statement-breakpoint
CREATE INDEX `notices_created` ON `notices` (`created_at`,`id`);
--> statement-breakpoint
CREATE INDEX `notices_user_created` ON `notices` (`user_id`,`created_at`,`id`);
--> statement-breakpoint
CREATE TABLE `code_batches` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`kind` text NOT NULL,
	`amount_nano_usd` integer,
	`plan_id` text,
	`count` integer NOT NULL,
	`expires_at` integer,
	`created_at` integer NOT NULL,
	`created_by` text,
	`disabled_at` integer,
	FOREIGN KEY (`plan_id`) REFERENCES `plans`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "code_batches_kind" CHECK(case "code_batches"."kind" when 'balance' then "code_batches"."amount_nano_usd" > 0 and "code_batches"."plan_id" is null
        when 'plan' then "code_batches"."amount_nano_usd" is null and "code_batches"."plan_id" is not null else 0 end)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `code_batches_created` ON `code_batches` (`created_at`,`id`);
--> statement-breakpoint
CREATE TABLE `codes` (
	`id` text PRIMARY KEY NOT NULL,
	`batch_id` text NOT NULL,
	`hash` blob NOT NULL,
	`hint` text NOT NULL,
	`disabled_at` integer,
	`redeemed_at` integer,
	`redeemed_by` text,
	FOREIGN KEY (`batch_id`) REFERENCES `code_batches`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`redeemed_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "codes_hash_length" CHECK(length("codes"."hash") = 32),
	CONSTRAINT "codes_redeemed" CHECK(("codes"."redeemed_at" is null) = ("codes"."redeemed_by" is null))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `codes_hash` ON `codes` (`hash`);
--> statement-breakpoint
CREATE INDEX `codes_batch` ON `codes` (`batch_id`,`id`);
--> statement-breakpoint
CREATE INDEX `codes_redeemed` ON `codes` (`redeemed_at`,`id`) WHERE "redeemed_at" is not null;
--> statement-breakpoint
CREATE INDEX `codes_redeemed_by` ON `codes` (`redeemed_by`,`redeemed_at`) WHERE "redeemed_by" is not null;
--> statement-breakpoint
CREATE TABLE `plan_subscriptions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`plan_id` text NOT NULL,
	`origin` text NOT NULL,
	`started_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`plan_id`) REFERENCES `plans`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "plan_subscriptions_origin" CHECK("plan_subscriptions"."origin" in ('bought', 'granted', 'code')),
	CONSTRAINT "plan_subscriptions_times" CHECK("plan_subscriptions"."ends_at" >= "plan_subscriptions"."started_at")
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `plan_subscriptions_open` ON `plan_subscriptions` (`user_id`) WHERE "ended_at" is null;
--> statement-breakpoint
CREATE INDEX `plan_subscriptions_user_started` ON `plan_subscriptions` (`user_id`,`started_at`,`id`);
--> statement-breakpoint
CREATE INDEX `plan_subscriptions_started` ON `plan_subscriptions` (`started_at`,`id`);
--> statement-breakpoint
CREATE INDEX `plan_subscriptions_plan` ON `plan_subscriptions` (`plan_id`,`ends_at`);
--> statement-breakpoint
CREATE TABLE `plans` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`price_nano_usd` integer NOT NULL,
	`days` integer NOT NULL,
	`quotas` text NOT NULL,
	`allowed_models` text,
	`may_use_balance` integer NOT NULL,
	`is_for_sale` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`archived_at` integer,
	CONSTRAINT "plans_price" CHECK("plans"."price_nano_usd" >= 0),
	CONSTRAINT "plans_days" CHECK("plans"."days" >= 1),
	CONSTRAINT "plans_quotas" CHECK(json_type("plans"."quotas") = 'array'),
	CONSTRAINT "plans_allowed_models" CHECK("plans"."allowed_models" is null or json_type("plans"."allowed_models") = 'array')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Written by hand: the generated steps build these tables anew, however many rows they have.
ALTER TABLE `charges` ADD `source` text DEFAULT 'balance' NOT NULL CONSTRAINT "charges_source" CHECK("source" in ('balance', 'plan'));
--> statement-breakpoint
ALTER TABLE `charges` ADD `plan_subscription_id` text REFERENCES `plan_subscriptions`(`id`) ON UPDATE no action ON DELETE restrict CONSTRAINT "charges_plan" CHECK(("source" = 'plan') = ("plan_subscription_id" is not null));
--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `plan_subscription_id` text REFERENCES `plan_subscriptions`(`id`) ON UPDATE no action ON DELETE restrict;
--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `plan_amount_nano_usd` integer;
--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `plan_held_nano_usd` integer CONSTRAINT "ledger_entries_plan" CHECK(case when "plan_held_nano_usd" is null then "plan_amount_nano_usd" is null
          and ("plan_subscription_id" is null or "request_id" is null)
        else "plan_subscription_id" is not null and "plan_amount_nano_usd" is not null
          and "amount_nano_usd" = 0 and "held_nano_usd" = 0 and case "kind"
            when 'hold' then "plan_amount_nano_usd" = 0 and "plan_held_nano_usd" >= 0
            when 'release' then "plan_amount_nano_usd" = 0 and "plan_held_nano_usd" <= 0
            when 'settle' then "plan_amount_nano_usd" <= 0 and "plan_held_nano_usd" <= 0
            when 'write_off' then "plan_amount_nano_usd" >= 0 and "plan_held_nano_usd" = 0
            else 0 end end);
--> statement-breakpoint
ALTER TABLE `possible_losses` ADD `plan_subscription_id` text REFERENCES `plan_subscriptions`(`id`) ON UPDATE no action ON DELETE restrict;
--> statement-breakpoint
ALTER TABLE `usage` ADD `source` text DEFAULT 'balance' NOT NULL;
--> statement-breakpoint
ALTER TABLE `usage` ADD `plan_subscription_id` text;
