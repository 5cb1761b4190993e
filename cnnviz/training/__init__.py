"""Training runs: settings, data sets, the run folder, the launcher, and the worker process."""
