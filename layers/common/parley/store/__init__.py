"""How things are kept in DynamoDB; the conditions of the writes are the rules of the state."""
