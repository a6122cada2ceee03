// The shortest commands that reach this gateway, for whoever has a key already. Whole set-ups are on the page "Connect".

export const KEY_PLACEHOLDER = 'sk-cg-…'
export const MODEL_PLACEHOLDER = 'MODEL'
/** Product names, the same in every language. */
export const CLIENT_NAMES = { curl: 'curl', codex: 'Codex CLI' } as const

/** `baseUrl` with its `/v1`. Lists the models, which costs nothing. */
export const curlCommand = (baseUrl: string): string =>
  `curl ${baseUrl}/models \\
  -H 'Authorization: Bearer ${KEY_PLACEHOLDER}'`

/** `-c` sets what would stand in config.toml, for this one run. */
export const codexCommand = (baseUrl: string): string =>
  `export GATEWAY_API_KEY='${KEY_PLACEHOLDER}'
codex -m ${MODEL_PLACEHOLDER} -c model_provider=gateway \\
  -c model_providers.gateway.name=Gateway \\
  -c model_providers.gateway.base_url=${baseUrl} \\
  -c model_providers.gateway.env_key=GATEWAY_API_KEY`
