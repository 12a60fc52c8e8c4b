"""Parley without an AWS account: the engine, the deploy, and the providers' simulators on this machine."""
