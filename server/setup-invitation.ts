// What the person who started a new gateway reads in the terminal: how to finish the set-up. It carries the token, so it is
// told to them and never logged.

const byCall = (
  address: string,
  token: string,
): string => `Finish it on this machine, in a browser or by a call, with an email and a password of yours.

  ${address}/setup
  Set-up token: ${token}

  curl -s ${address}/api/setup.complete \\
    -H 'Content-Type: application/json' -H 'X-Requested-With: codex-gateway' \\
    -d '{"token":"${token}",
         "admin":{"email":"you@example.com","password":"at least 10 characters"},
         "upstream":{"kind":"demo"}}'

"demo" answers without any key. For OpenAI: "upstream":{"kind":"openai","apiKey":"sk-…"}.`

const byEnvironment = `This address cannot be reached over loopback, where alone the set-up is allowed. Start it once more with
CODEX_GATEWAY_ADMIN_EMAIL and CODEX_GATEWAY_ADMIN_PASSWORD set (and OPENAI_API_KEY, or CODEX_GATEWAY_UPSTREAM=demo).`

export const setupInvitation = (address: string, token: string, isReachableFromLoopback: boolean): string =>
  `\nCodex Gateway is running, and its set-up is not done yet. ${
    isReachableFromLoopback ? byCall(address, token) : byEnvironment
  }\n`
