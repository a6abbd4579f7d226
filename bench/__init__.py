"""Side by side against peers, in one run on the same input: `make bench`."""
