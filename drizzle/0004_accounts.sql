CREATE TABLE `account_links` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_id` text NOT NULL,
	`secret_hash` blob NOT NULL,
	`proves_email` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "account_links_kind" CHECK("account_links"."kind" in ('reset_password', 'change_email')),
	CONSTRAINT "account_links_secret_hash" CHECK(length("account_links"."secret_hash") = 32)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `account_links_secret` ON `account_links` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `account_links_user` ON `account_links` (`user_id`,`kind`);--> statement-breakpoint
CREATE INDEX `account_links_expires` ON `account_links` (`expires_at`);--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`secret_hash` blob NOT NULL,
	`email` text,
	`role` text NOT NULL,
	`note` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`used_by` text,
	`revoked_at` integer,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`used_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "invitations_role" CHECK("invitations"."role" in ('admin', 'user')),
	CONSTRAINT "invitations_secret_hash" CHECK(length("invitations"."secret_hash") = 32),
	CONSTRAINT "invitations_use" CHECK(("invitations"."used_at" is null) = ("invitations"."used_by" is null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_secret` ON `invitations` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `invitations_created` ON `invitations` (`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `registrations` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`password_hash` text NOT NULL,
	`locale` text,
	`secret_hash` blob NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	CONSTRAINT "registrations_secret_hash" CHECK(length("registrations"."secret_hash") = 32)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `registrations_secret` ON `registrations` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `registrations_email` ON `registrations` (`email_key`,`created_at`);--> statement-breakpoint
CREATE INDEX `registrations_expires` ON `registrations` (`expires_at`);--> statement-breakpoint
CREATE TABLE `mails` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`user_id` text,
	`recipient` text NOT NULL,
	`template` text NOT NULL,
	`status` text NOT NULL,
	`sealed_content` blob,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer,
	`expires_at` integer,
	`failure_kind` text,
	`failure_reason` text,
	`sent_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "mails_status" CHECK("mails"."status" in ('waiting', 'sent', 'failed')),
	CONSTRAINT "mails_due_when" CHECK(("mails"."status" = 'waiting') = ("mails"."next_attempt_at" is not null)),
	CONSTRAINT "mails_content" CHECK(("mails"."status" = 'sent') = ("mails"."sealed_content" is null))
) STRICT;
--> statement-breakpoint
CREATE INDEX `mails_created` ON `mails` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `mails_due` ON `mails` (`next_attempt_at`) WHERE "next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX `mails_user` ON `mails` (`user_id`);--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`user_id` text NOT NULL,
	`code_hash` blob NOT NULL,
	`used_at` integer,
	PRIMARY KEY(`user_id`, `code_hash`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "recovery_codes_hash" CHECK(length("recovery_codes"."code_hash") = 32)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `second_factors` (
	`user_id` text PRIMARY KEY NOT NULL,
	`sealed_secret` blob NOT NULL,
	`created_at` integer NOT NULL,
	`confirmed_at` integer,
	`last_step` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
ALTER TABLE `sessions` ADD `last_seen_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `locale` text;--> statement-breakpoint
ALTER TABLE `users` ADD `theme` text;--> statement-breakpoint
ALTER TABLE `users` ADD `email_verified_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `default_balance` text DEFAULT 'waiting' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `deletion_requested_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `deleted_at` integer;--> statement-breakpoint
-- Whoever is here already was given it when they became active; only those who wait have it before them.
UPDATE `users` SET `default_balance` = 'settled' WHERE `status` <> 'pending';
