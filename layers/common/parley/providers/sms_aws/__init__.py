"""SMS through AWS End User Messaging (pinpoint-sms-voice-v2)."""
