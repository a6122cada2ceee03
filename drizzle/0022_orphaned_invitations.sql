-- A deletion took the address from the invitations that were for it and left them open to anybody. Only the audit still says
-- which they are: it has the address that each was made for.
UPDATE `invitations` SET `revoked_at` = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE `email` IS NULL AND `used_at` IS NULL AND `revoked_at` IS NULL AND `id` IN (SELECT `target_id` FROM `audit` WHERE `operation` = 'users.invite' AND `after` ->> '$.email' IS NOT NULL);
