"""What leaves the machine: requests to public addresses, with secrets that nobody else sees."""
