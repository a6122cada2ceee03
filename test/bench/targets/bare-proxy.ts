// The measure of all things here, called `e`: what a person would write in Node to pass requests on, and nothing more.
// node:http in front, undici's Pool.request behind, the answer piped. Usage: bare-proxy.ts <upstream port>.
import { createServer } from 'node:http'
import { Pool } from 'undici'

const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 1024, pipelining: 1 })

const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => void chunks.push(chunk))
  req.on('end', () => void passOn(Buffer.concat(chunks)))

  async function passOn(body: Buffer): Promise<void> {
    try {
      const answer = await pool.request({
        path: req.url ?? '/',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: req.headers.authorization ?? '' },
        body,
      })
      const { 'content-type': type, 'content-length': length } = answer.headers
      res.writeHead(answer.statusCode, {
        'content-type': String(type),
        ...(length === undefined ? {} : { 'content-length': String(length) }),
      })
      answer.body.pipe(res)
    } catch (error) {
      if (!res.headersSent) res.writeHead(502)
      res.end(String(error))
    }
  }
})
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ port })}\n`)
})
