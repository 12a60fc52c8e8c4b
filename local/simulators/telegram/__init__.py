"""The Telegram Bot API: bots, chats, sends with Telegram's own limits and errors, and updates to webhooks."""
