CREATE TABLE `loss_resolutions` (
	`request_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`created_at` integer NOT NULL,
	`actor_user_id` text,
	`note` text NOT NULL,
	FOREIGN KEY (`request_id`) REFERENCES `possible_losses`(`request_id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`actor_user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "loss_resolutions_kind" CHECK("loss_resolutions"."kind" in ('charged', 'dismissed'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Written by hand: the generated steps build both tables anew and read these columns from the old ones, which have none.
ALTER TABLE `charges` ADD `priced_tier` text;--> statement-breakpoint
ALTER TABLE `charges` ADD `further_usage` text CONSTRAINT "charges_further_usage" CHECK("further_usage" is null or json_valid("further_usage"));--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `previous_seq` integer CONSTRAINT "ledger_entries_previous" CHECK("previous_seq" < "seq");--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `balance_after_nano_usd` integer CONSTRAINT "ledger_entries_balance_safe" CHECK("balance_after_nano_usd" between -9007199254740991 and 9007199254740991);--> statement-breakpoint
ALTER TABLE `balances` ADD `last_entry_seq` integer;--> statement-breakpoint
-- Links what was booked before: each settlement and balance change to the one before it of the same person.
UPDATE `ledger_entries` SET `previous_seq` = `linked`.`previous_seq`, `balance_after_nano_usd` = `linked`.`balance`
FROM (
	SELECT `seq`, `balance`, lag(`seq`) OVER (PARTITION BY `user_id` ORDER BY `seq`) AS `previous_seq`
	FROM (
		SELECT `seq`, `user_id`, `kind`, sum(`amount_nano_usd`) OVER (PARTITION BY `user_id` ORDER BY `seq`) AS `balance`
		FROM `ledger_entries` WHERE `kind` NOT IN ('hold', 'release')
	) WHERE `kind` <> 'write_off'
) AS `linked`
WHERE `ledger_entries`.`seq` = `linked`.`seq`;--> statement-breakpoint
UPDATE `balances` SET `last_entry_seq` = (
	SELECT max(`seq`) FROM `ledger_entries`
	WHERE `ledger_entries`.`user_id` = `balances`.`user_id` AND `kind` NOT IN ('hold', 'release', 'write_off')
);--> statement-breakpoint
DROP INDEX `ledger_entries_changes`;--> statement-breakpoint
CREATE INDEX `ledger_entries_changes` ON `ledger_entries` (`user_id`,`seq`) WHERE "kind" not in ('hold', 'settle', 'release', 'write_off');
