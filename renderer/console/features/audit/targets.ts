// What a change can be about, as the audit names it.

export const TARGETS = [
  'user',
  'key',
  'invitation',
  'request',
  'settings',
  'gateway',
  'model',
  'price',
  'plan',
  'codes',
  'backup',
  'mail',
] as const
