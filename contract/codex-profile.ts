// The profile with which Codex CLI uses this gateway: a file of its own beside the person's settings, taken by `codex --profile gateway`.

export const CODEX_PROFILE_FILE = 'gateway.config.toml'

/** `baseUrl` with its `/v1`. A quoted string of JSON is one of TOML, too. */
export const codexProfile = (baseUrl: string, model: string): string =>
  `model_provider = "gateway"
model = ${JSON.stringify(model)}

[model_providers.gateway]
name = "Codex Gateway"
base_url = ${JSON.stringify(baseUrl)}
env_key = "GATEWAY_API_KEY"
wire_api = "responses"`
