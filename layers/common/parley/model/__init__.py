"""What things are and which changes are allowed: pure, no AWS, no HTTP, no clock."""
