// What a change can be about, as the audit names it.

export const TARGETS = [
  'user',
  'key',
  'invitation',
  'request',
  'settings',
  'gateway',
  'upstream',
  'model',
  'price',
  'plan',
  'codes',
  'backup',
  'mail',
] as const
