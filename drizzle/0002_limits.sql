CREATE TABLE `limit_counters` (
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`minute_start_ms` integer NOT NULL,
	`minute_requests` integer NOT NULL,
	`minute_tokens` integer NOT NULL,
	`hour_start_ms` integer NOT NULL,
	`hour_requests` integer NOT NULL,
	`hour_tokens` integer NOT NULL,
	`day_start_ms` integer NOT NULL,
	`day_requests` integer NOT NULL,
	`day_tokens` integer NOT NULL,
	PRIMARY KEY(`kind`, `subject_id`),
	CONSTRAINT "limit_counters_kind" CHECK("limit_counters"."kind" in ('user', 'key'))
) STRICT;
--> statement-breakpoint
CREATE TABLE `limit_rules` (
	`scope` text NOT NULL,
	`subject_id` text NOT NULL,
	`metric` text NOT NULL,
	`window` text NOT NULL,
	`value` integer,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`scope`, `subject_id`, `metric`, `window`),
	CONSTRAINT "limit_rules_scope" CHECK("limit_rules"."scope" in ('role', 'plan', 'user', 'key')),
	CONSTRAINT "limit_rules_metric" CHECK("limit_rules"."metric" in ('requests', 'tokens', 'concurrent')),
	CONSTRAINT "limit_rules_window" CHECK(("limit_rules"."window" = 'now') = ("limit_rules"."metric" = 'concurrent')),
	CONSTRAINT "limit_rules_window_name" CHECK("limit_rules"."window" in ('minute', 'hour', 'day', 'now')),
	CONSTRAINT "limit_rules_value" CHECK(("limit_rules"."value" is null and "limit_rules"."scope" <> 'key') or (typeof("limit_rules"."value") = 'integer' and "limit_rules"."value" >= 1))
) STRICT;
