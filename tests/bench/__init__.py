"""The costs that must stay small, each as a ratio to a floor measured in the same run."""
