CREATE TABLE `model_rules` (
	`model` text PRIMARY KEY NOT NULL,
	`access` text NOT NULL,
	`multiplier_ppm` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`updated_by` text,
	CONSTRAINT "model_rules_access" CHECK(json_valid("model_rules"."access")),
	CONSTRAINT "model_rules_multiplier" CHECK("model_rules"."multiplier_ppm" between 0 and 1000000000)
) STRICT;
--> statement-breakpoint
CREATE TABLE `unpriced_models` (
	`model` text NOT NULL,
	`user_id` text NOT NULL,
	`count` integer NOT NULL,
	`first_asked_at` integer NOT NULL,
	`last_asked_at` integer NOT NULL,
	PRIMARY KEY(`model`, `user_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `unpriced_models_user` ON `unpriced_models` (`user_id`,`last_asked_at`);--> statement-breakpoint
CREATE TABLE `price_withdrawals` (
	`price_id` text PRIMARY KEY NOT NULL,
	`withdrawn_at` integer NOT NULL,
	`withdrawn_by` text,
	FOREIGN KEY (`price_id`) REFERENCES `prices`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
ALTER TABLE `charges` ADD `model_multiplier_ppm` integer DEFAULT 1000000 NOT NULL;