// breaks: useImportType
import { Server } from 'node:http'

export const close = (server: Server): Server => server.close()
