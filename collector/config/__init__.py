"""config.toml and the secrets that it names."""
