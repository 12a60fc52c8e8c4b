"""AWS End User Messaging SMS (pinpoint-sms-voice-v2), with its events on the engine's EventBridge."""
