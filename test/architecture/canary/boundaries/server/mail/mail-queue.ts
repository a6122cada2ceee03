// breaks nothing
import { createTransport } from 'nodemailer'
import { settings } from '../settings/live-settings.ts'

export const queue = [createTransport, settings]
