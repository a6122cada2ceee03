-- Written by hand: the generated steps build the table anew and read this column from the old one, which has none.
ALTER TABLE `prices` ADD `further_rates` text CONSTRAINT "prices_further_rates" CHECK("further_rates" is null or json_valid("further_rates"));--> statement-breakpoint
CREATE INDEX `charges_write_offs` ON `charges` (`entry_seq`) WHERE "write_off_nano_usd" > 0;
