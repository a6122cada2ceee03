// breaks: only-mail-knows-undici
import { request } from 'undici'

export const send = request
