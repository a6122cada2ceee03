// breaks: only-sockets-know-ws
import { WebSocketServer } from 'ws'

export const server = new WebSocketServer({ noServer: true })
