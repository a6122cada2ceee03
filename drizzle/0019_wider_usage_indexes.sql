DROP INDEX `usage_model_created`;--> statement-breakpoint
DROP INDEX `usage_status_created`;--> statement-breakpoint
DROP INDEX `usage_reason_created`;--> statement-breakpoint
CREATE INDEX `usage_model_created` ON `usage` (`model`,`created_at`,`request_id`,`endpoint`,`status`,`reason`);--> statement-breakpoint
CREATE INDEX `usage_status_created` ON `usage` (`status`,`created_at`,`request_id`,`model`,`endpoint`,`reason`) WHERE "status" <> 200;--> statement-breakpoint
CREATE INDEX `usage_reason_created` ON `usage` (`reason`,`created_at`,`request_id`,`model`,`endpoint`,`status`) WHERE "reason" <> 'completed';