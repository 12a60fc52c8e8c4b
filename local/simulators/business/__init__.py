"""A business's own server: it is told receipts and intents, and shows to people and programs what it was told."""
