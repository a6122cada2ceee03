// breaks: only-mail-knows-nodemailer
import { createTransport } from 'nodemailer'

export const transport = createTransport
