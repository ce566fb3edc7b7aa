"""config.toml and the secrets that it names."""

#: Where a person keeps the file, unless --config or the environment says otherwise.
FILE, VARIABLE = "config.toml", "COLLECT_CONFIG"
