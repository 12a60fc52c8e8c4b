"""HTTP for the simulators: a threaded server that can also misbehave, a router and a client for webhooks."""
