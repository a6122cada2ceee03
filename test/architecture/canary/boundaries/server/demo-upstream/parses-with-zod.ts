// breaks: demo-upstream-stands-alone
import { z } from 'zod'

export const body = z.string()
