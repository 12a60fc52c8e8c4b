"""SMS through any HTTP gateway that a customer describes by data."""
