CREATE TABLE `upstreams` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`base_url` text,
	`models` text,
	`priority` integer NOT NULL,
	`multiplier_ppm` integer NOT NULL,
	`concurrency_max` integer,
	`head_seconds_max` integer NOT NULL,
	`is_enabled` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "upstreams_base_url" CHECK(("upstreams"."id" = 'primary') = ("upstreams"."base_url" is null)),
	CONSTRAINT "upstreams_models" CHECK("upstreams"."models" is null or json_type("upstreams"."models") = 'array'),
	CONSTRAINT "upstreams_multiplier" CHECK("upstreams"."multiplier_ppm" between 0 and 1000000000),
	CONSTRAINT "upstreams_concurrency" CHECK("upstreams"."concurrency_max" is null or "upstreams"."concurrency_max" >= 1),
	CONSTRAINT "upstreams_head_seconds" CHECK("upstreams"."head_seconds_max" >= 1)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `charges` ADD `upstream` text;
--> statement-breakpoint
ALTER TABLE `owned_ids` ADD `upstream_id` text;
--> statement-breakpoint
ALTER TABLE `usage` ADD `upstream` text;