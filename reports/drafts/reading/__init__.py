"""A draft's text to what it claims: grammar.lark over tokens whose words stand in words.toml."""
