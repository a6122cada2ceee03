// Signing in and out. The session itself is a cookie that the door sets; it is never part of an output.
import { z } from 'zod'
import { operation } from '../operation.ts'
import { email, nothing, unixMs } from './fields.ts'
import { me } from './me.ts'

export const authLogin = operation({
  name: 'auth.login',
  audience: 'public',
  // No lower bound for the password here: whether it is the right one is all that matters.
  input: z.strictObject({ email, password: z.string().min(1).max(256) }),
  output: z.strictObject({ user: me, expiresAt: unixMs }),
})

export const authLogout = operation({
  name: 'auth.logout',
  audience: 'public',
  input: nothing,
  output: nothing,
})
