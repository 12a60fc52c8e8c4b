"""What the control API refuses."""


class ControlError(Exception):
    def __init__(self, message: str, http: int = 400) -> None:
        super().__init__(message)
        self.http = http
