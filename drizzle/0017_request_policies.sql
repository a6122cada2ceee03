CREATE TABLE `request_policies` (
	`scope` text NOT NULL,
	`subject_id` text NOT NULL,
	`policy` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`scope`, `subject_id`),
	CONSTRAINT "request_policies_scope" CHECK("request_policies"."scope" in ('role', 'plan', 'user', 'key')),
	CONSTRAINT "request_policies_policy" CHECK(json_type("request_policies"."policy") = 'object')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `upstreams` ADD `identifies_users` integer;